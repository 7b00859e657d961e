"""Seal what leaves the process: encrypted and authenticated (AES-256-GCM), each for one purpose.

Hash what only has to be recognised.
"""

import base64
import binascii
import hashlib
import secrets
from pathlib import Path

from app.config.named_files import unreadable
from app.config.settings import Settings
from app.core.errors import ConfigurationError, KeyFileError

_SETTING = "SII_AFP_SECRET_KEYS_FILE"
_KEY_BYTES = 32
_NONCE_BYTES = 12


class Sealer:
    """Seals with the first key and opens with any, so that keys can be rotated."""

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        self._keys = keys

    def seal(self, content: bytes, purpose: str) -> bytes:
        """Return the sealed content. It opens only for the same purpose."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - only SMART launches need it

        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self._keys[0]).encrypt(nonce, content, purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> bytes | None:
        """Return the content, or None if no key opens it for this purpose."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - as above
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        if len(sealed) <= _NONCE_BYTES:
            return None
        for key in self._keys:
            try:
                return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], purpose.encode())
            except InvalidTag:
                continue
        return None


def hashed(text: str) -> str:
    """Return the SHA-256 hash of a text, in hexadecimal digits. That of a random text does not reveal it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def new_key() -> str:
    """Return a new key as it is written in the file and in SII_AFP_SECRET_KEY."""
    return base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def new_sealer(settings: Settings) -> Sealer:
    """Return the sealer of the settings; without keys, one that only this process has.

    Raises KeyFileError if the file cannot be used, and ConfigurationError if the other setting cannot.
    """
    if settings.secret_keys_file is not None:
        return Sealer(_read(settings.secret_keys_file))
    if settings.secret_key is not None:
        key = _key_of(settings.secret_key.get_secret_value())
        if key is None:
            raise ConfigurationError(f"SII_AFP_SECRET_KEY is not {_KEY_BYTES} bytes in base64.")
        return Sealer((key,))
    return Sealer((secrets.token_bytes(_KEY_BYTES),))


def _read(path: Path) -> tuple[bytes, ...]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split()
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileError(unreadable(_SETTING, path, error)) from None
    keys = [_key_of(line) for line in lines]
    found = tuple(key for key in keys if key is not None)
    if not found or len(found) != len(keys):
        raise KeyFileError(
            f"{_SETTING}: each line of {path} must be a key of {_KEY_BYTES} bytes in base64. "
            f"Make one with: openssl rand -base64 {_KEY_BYTES}"
        )
    return found


def _key_of(text: str) -> bytes | None:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == _KEY_BYTES else None
