"""Reading of one patient's Observations and Conditions."""
