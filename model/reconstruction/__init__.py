"""Sample cohorts that agree with the publication."""
