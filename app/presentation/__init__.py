"""Write an Assessment as text, JSON, page contexts and charts, without a web framework and without clinical logic."""
