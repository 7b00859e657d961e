"""The published FHIR definitions."""
