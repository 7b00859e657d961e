"""Interfaces for electronic health records (EHRs): FHIR, CDS Hooks and SMART App Launch."""
