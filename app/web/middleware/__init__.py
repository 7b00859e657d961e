"""One middleware a module."""
