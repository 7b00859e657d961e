"""Load fitted models from files, and replay their reference vectors."""
