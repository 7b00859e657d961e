"""Where the templates and the static files are: in the repository, or inside the package."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def resource_folder(name: str) -> Path:
    """Return the folder `templates` or `static`: beside `app` in the repository, inside it when installed.

    Raises FileNotFoundError if neither is there: the installation is broken.
    """
    for folder in (_PACKAGE / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"The folder {name} is not part of this installation.")
