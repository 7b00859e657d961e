"""Which paths belong to the FHIR and CDS Hooks interfaces."""

FHIR = "/fhir"
CDS_HOOKS = "/cds-services"


def is_ehr_path(path: str) -> bool:
    """Return whether a path belongs to one of them: they accept larger bodies."""
    return path.startswith((f"{FHIR}/", CDS_HOOKS))
