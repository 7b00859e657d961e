"""From files to a fitted model, and its reference vectors."""
