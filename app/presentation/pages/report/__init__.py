"""The pages on which a report is pasted and what was read in it is confirmed."""
