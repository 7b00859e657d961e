"""Measure how often the intervals hold the truth, in simulated studies."""
