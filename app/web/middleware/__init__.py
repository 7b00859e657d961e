"""Middleware, one per module."""
