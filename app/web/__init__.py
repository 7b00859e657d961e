"""HTML pages, JSON API and middleware."""
