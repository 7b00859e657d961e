"""Fitting, pooling and the artefact."""
