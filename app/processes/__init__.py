"""Several worker processes of one service: the parent that starts them, and what they share."""
