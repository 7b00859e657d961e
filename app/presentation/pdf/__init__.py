"""Set a result as a PDF document."""
