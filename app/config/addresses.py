"""The paths of this service, the interface to which each belongs, and links to them.

Paths are absolute and without the host; `settings.public_url` in front of one makes a link for others.
"""

API = "/api/v1"
ASSESSMENTS = f"{API}/assessments"
CDS_HOOKS = "/cds-services"
FHIR = "/fhir"
EVIDENCE = "/evidence"
PROBLEMS = "/problems"
HEALTH = "/health"
SMART = "/smart"
SMART_LAUNCH = f"{SMART}/launch"
SMART_CALLBACK = f"{SMART}/callback"
SMART_FILE = f"{SMART}/file"


def is_fhir(path: str) -> bool:
    """Return whether a path is answered in FHIR's form, and may be sent a Bundle: the FHIR operation and CDS Hooks."""
    return path.startswith((f"{FHIR}/", CDS_HOOKS))


def is_cds_hooks(path: str) -> bool:
    """Return whether a path belongs to CDS Hooks, whose 401 has no body."""
    return path.startswith(CDS_HOOKS)


def is_api(path: str) -> bool:
    """Return whether a path belongs to the JSON API, which never answers with a page."""
    return path.startswith(f"{API}/")


def is_health(path: str) -> bool:
    """Return whether a path is one of the health checks, which are not limited."""
    return path.startswith(f"{HEALTH}/")


def depth(path: str) -> int:
    """Return how many folders below the start of the site a page lies; its links to other pages climb as many."""
    return path.count("/") - 1


def curve(group_id: str, form: str) -> str:
    """Return the path of a group's Kaplan-Meier curve as `json`, `svg` or `png`."""
    return f"{API}/groups/{group_id}/curve.{form}"


def problem(name: str) -> str:
    """Return the type of a problem: the place where the page of problems explains it."""
    return f"{PROBLEMS}#{name}"
