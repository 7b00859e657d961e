"""Say why a file that a setting names cannot be read, and what to do.

It is apart from the settings because the command line must not wait for their library.
"""

from pathlib import Path


def unreadable(setting: str, path: Path, error: OSError | UnicodeDecodeError) -> str:
    """Return one line with the environment variable, the file, the reason and the likely fix."""
    match error:
        case FileNotFoundError() | NotADirectoryError():
            # A relative path is the usual cause, and in a container a folder that is not mounted.
            why = f"there is no file {path.absolute()}. Write the whole path, and in a container the path inside it"
        case IsADirectoryError():
            why = f"{path} is a folder. Name the file in it"
        case PermissionError():
            why = f"the service may not read {path}. Allow the user that it runs as to read it"
        case UnicodeDecodeError():
            why = f"{path} is not a text in UTF-8. Check that it is the right file, and save it in UTF-8"
        case _:
            why = f"{path} cannot be read ({type(error).__name__})"
    return f"{setting}: {why}."
