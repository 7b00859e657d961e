"""Sampling of cohorts that agree with the publication."""
