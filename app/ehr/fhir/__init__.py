"""FHIR R4: the $hcc-risk operation, its resources and its definitions."""
