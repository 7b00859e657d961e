"""An Assessment as something readable: sentences, text, JSON, charts. No web framework, nothing clinical computed."""
