"""Define the paths of this service, the interface of each, and links to them.

Paths are absolute and have no host. For a link from outside, put `settings.public_url` in front.
"""

API = "/api/v1"
ASSESSMENTS = f"{API}/assessments"
CDS_HOOKS = "/cds-services"
FHIR = "/fhir"
EVIDENCE = "/evidence"
INSTRUCTIONS = "/instructions"
CHECK = "/check"
COMPARE = "/compare"
PATIENT = "/patient"
REPORT = "/report"
RESULT_PDF = "/report.pdf"
PROBLEMS = "/problems"
OFFLINE = "/offline"
MANIFEST = "/manifest.webmanifest"
SERVICE_WORKER = "/service-worker.js"
HEALTH = "/health"
METRICS = "/metrics"
STATIC = "/static"
CELL = "cell"
"""The query parameter of a curve that names a cell."""
SMART = "/smart"
SMART_LAUNCH = f"{SMART}/launch"
SMART_CALLBACK = f"{SMART}/callback"
SMART_FILE = f"{SMART}/file"
SMART_FILE_PDF = f"{SMART}/file-pdf"


def is_fhir(path: str) -> bool:
    """Return whether a path is of the FHIR operation or CDS Hooks, which accept Bundles and answer in FHIR's form."""
    return path.startswith((f"{FHIR}/", CDS_HOOKS))


def is_cds_hooks(path: str) -> bool:
    """Return whether a path belongs to CDS Hooks, whose 401 has no body."""
    return path.startswith(CDS_HOOKS)


def is_api(path: str) -> bool:
    """Return whether a path belongs to the JSON API, which never answers with a page."""
    return path.startswith(f"{API}/")


def is_for_operator(path: str) -> bool:
    """Return whether a path is one of the health checks or the metrics, which are asked for by address too."""
    return is_health(path) or path == METRICS


def is_health(path: str) -> bool:
    """Return whether a path is one of the health checks, which are not limited."""
    return path.startswith(f"{HEALTH}/")


def is_static(path: str) -> bool:
    """Return whether a path is a style sheet, script or icon, which are not limited."""
    return path.startswith(f"{STATIC}/")


def is_expensive(path: str) -> bool:
    """Return whether an answer takes a processor much longer than an assessment: a PNG, a PDF, a pasted report."""
    return path in (REPORT, RESULT_PDF, SMART_FILE_PDF) or path.endswith("/curve.png")


def depth(path: str) -> int:
    """Return how many folders a page is below the start of the site; its relative links go up as many."""
    return path.count("/") - 1


def curve(group_id: str, form: str, cell_id: str = "") -> str:
    """Return the path of a group's Kaplan-Meier curve as `json`, `svg` or `png`.

    With `cell_id`, a picture has the curve that the Cox model predicts for this cell too.
    """
    return f"{API}/groups/{group_id}/curve.{form}" + (f"?{CELL}={cell_id}" if cell_id else "")


def problem(name: str) -> str:
    """Return the type of a problem: the place where the page of problems explains it."""
    return f"{PROBLEMS}#{name}"
