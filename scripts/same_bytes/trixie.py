"""Make a Debian trixie root with Python 3.13, another C library and the locked packages."""

import os
import shutil
import subprocess
from pathlib import Path

_MIRROR = "http://deb.debian.org/debian"
_COPIED = ("app", "model", "scripts", "requirements")
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_HOME = "/sii-afp"


def reason_against() -> str | None:
    """Return why a root cannot be made here, or None."""
    if os.geteuid() != 0:
        return "chroot needs the superuser"
    if shutil.which("debootstrap") is None:
        return "debootstrap is not installed (apt-get install debootstrap)"
    return None


def command_in(root: Path) -> list[str]:
    """Make a root with this checkout, if the folder has none, and return the command that builds there.

    Needs root rights, debootstrap and a network; takes about four minutes. Raises subprocess.CalledProcessError.
    """
    home, python = root / _HOME[1:], f"{_HOME}/.venv/bin/python"
    if not (root / "etc" / "os-release").exists():
        packages = "--include=python3,python3-venv,ca-certificates"
        _run("debootstrap", "--variant=minbase", packages, "trixie", str(root), _MIRROR)
    for file in (Path("/etc/resolv.conf"), Path("/etc/hosts"), _CERTIFICATES):
        if file.exists():
            shutil.copy(file, root / str(file)[1:])
    for name in _COPIED:
        shutil.copytree(name, home / name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    if not (home / ".installed").exists():
        _run("chroot", str(root), "python3", "-m", "venv", f"{_HOME}/.venv")
        pip = ("chroot", str(root), python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        locked = ("--require-hashes", "--only-binary", ":all:", "--no-binary", "autograd-gamma")
        _run(*pip, *locked, "-r", f"{_HOME}/requirements/dev.txt", "-r", f"{_HOME}/requirements/build.txt")
        (home / ".installed").touch()
    return ["chroot", str(root), "env", "-C", _HOME, python]


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
