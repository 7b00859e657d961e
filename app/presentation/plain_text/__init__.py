"""Write an assessment as plain text: the whole of it, and three lines for a letter."""
