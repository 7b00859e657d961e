"""Doors for electronic health records: a FHIR operation, CDS Hooks and SMART App Launch, all on the one assess()."""
