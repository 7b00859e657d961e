"""The service: reads a fitted model and answers questions about four laboratory values."""
