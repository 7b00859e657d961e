"""The clinical logic. Standard library only; no web, and no I/O except reading the artefact."""
