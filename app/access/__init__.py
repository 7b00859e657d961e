"""Who may call: API keys and signed tokens for programs; people at the form need neither."""
