"""The page of the evidence: its context, from the files of the model and the study."""
