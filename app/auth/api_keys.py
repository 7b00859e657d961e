"""Check API keys against a file of hashes, which may change while the service runs.

A line of the file is `name:hash`; lines that begin with # are comments. A key has 256 random bits, so a plain SHA-256
hash of it cannot be reversed by guessing.
"""

import hmac
import re
import secrets
from pathlib import Path

from app.config.named_files import unreadable
from app.core.errors import ConfigurationError, KeyFileError
from app.store.sealing import hashed

_SETTING = "SII_AFP_API_KEYS_FILE"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PREFIX = "sii-afp_"


def new_key(name: str) -> tuple[str, str]:
    """Return a new key and its line for the file. Raises ConfigurationError if the name is not valid."""
    if not _NAME.fullmatch(name):
        raise ConfigurationError("The name of a key must have 1 to 64 letters, digits, points, hyphens or underscores.")
    key = _PREFIX + secrets.token_urlsafe(32)
    return key, f"{name}:{hashed(key)}"


class ApiKeys:
    """Reads keys from a file, and again when it changes. Without a file there are no keys.

    The content is compared, because not every system gives a changed file another time.
    """

    def __init__(self, path: Path | None) -> None:
        """Read the file. Raises KeyFileError if it cannot be read or a line is malformed."""
        self._path = path
        self._content: bytes | None = None
        self._hashes: dict[str, str] = {}
        if path is not None:
            self._read(path)

    @property
    def is_configured(self) -> bool:
        """Whether a key file was set."""
        return self._path is not None

    def owner_of(self, key: str) -> str | None:
        """Return the name of a key, or None if it is not known. The time taken does not depend on the key.

        Raises KeyFileError if the file has been removed or is now malformed: then no key is accepted.
        """
        if self._path is not None:
            self._read(self._path)
        given, owner = hashed(key), None
        for name, known in self._hashes.items():
            if hmac.compare_digest(given, known):
                owner = name
        return owner

    def _read(self, path: Path) -> None:
        try:
            content = path.read_bytes()
            if content == self._content:
                return
            text = content.decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise KeyFileError(unreadable(_SETTING, path, error)) from None
        hashes: dict[str, str] = {}
        for number, line in enumerate(text.splitlines(), 1):
            entry = line.strip()
            if not entry or entry.startswith("#"):
                continue
            name, _, digest = entry.partition(":")
            if not _NAME.fullmatch(name) or not re.fullmatch("[0-9a-f]{64}", digest) or name in hashes:
                raise KeyFileError(
                    f"{_SETTING}: line {number} of {path} is not name:hash, or repeats a name. "
                    "Make one with: sii-afp key NAME"
                )
            hashes[name] = digest
        self._hashes, self._content = hashes, content
