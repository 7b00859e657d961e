"""Open the store of shared state that the settings name."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from app.config.settings import Settings
from app.core.errors import ConfigurationError, MissingPackageError
from app.store.memory import MemoryStore
from app.store.protocol import Store

_FORMS = "SII_AFP_STORE must be sqlite:///path/of/a/file, redis://host:port/number or rediss://host:port/number."


def open_store(settings: Settings, clock: Callable[[], float]) -> Store:
    """Return the store; without a setting one in this process, by the seconds of `clock`.

    Connections are made with the first call, so that they belong to the process that uses them. Raises
    ConfigurationError if the setting is malformed, StoreStartError if the database cannot be used, and
    MissingPackageError.
    """
    if settings.store is None:
        return MemoryStore(clock)
    try:
        parts = urlsplit(settings.store)
        _ = parts.port
    except ValueError:
        raise ConfigurationError(_FORMS) from None
    if parts.scheme == "sqlite" and not parts.netloc and len(parts.path) > 1:
        from app.store.sqlite_store import SqliteStore  # noqa: PLC0415 - only this setting needs it

        file = SqliteStore(Path(parts.path))
        file.check()
        return file
    if parts.scheme in ("redis", "rediss") and parts.hostname:
        try:
            from app.store.redis_store import RedisStore  # noqa: PLC0415 - as above
        except ModuleNotFoundError as error:
            raise MissingPackageError(
                f"SII_AFP_STORE needs the package {error.name}, which is not installed. "
                "Install the redis extra: pip install 'sii-afp[redis]'"
            ) from None
        try:
            server = RedisStore(settings.store)
        except ValueError:
            raise ConfigurationError(_FORMS) from None
        server.check()
        return server
    raise ConfigurationError(_FORMS)
