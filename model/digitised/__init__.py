"""Constrain reconstructed cohorts by curves that a person read from a figure of the study."""
