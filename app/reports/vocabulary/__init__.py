"""List the names and words that reports print, and find them in a text."""
