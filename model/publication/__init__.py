"""The publication as data, and its arithmetic."""
