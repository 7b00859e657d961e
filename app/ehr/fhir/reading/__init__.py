"""Reading Observations and Conditions of one patient."""
