"""Find the four analytes in a pasted laboratory report. Nothing is guessed, stored or logged."""
