"""Turn the failures of a database into StoreError, and log them without flooding the log."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.config.logs import logger
from app.store.protocol import StoreError

_SILENT_SECONDS = 60.0
_REST_SECONDS = 1.0


class Outages:
    """Watches calls of a database. After a failure, calls of the next second fail at once, so that none waits long."""

    def __init__(self, *kinds: type[Exception], clock: Callable[[], float] = time.monotonic) -> None:
        self._kinds = kinds
        self._clock = clock
        self._is_out = False
        self._rests_until = self._complains_from = -math.inf

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Raise StoreError if the call fails, or if one failed just before."""
        now = self._clock()
        if now < self._rests_until:
            raise StoreError
        try:
            yield
        except self._kinds as error:
            self._is_out, self._rests_until = True, self._clock() + _REST_SECONDS
            if now >= self._complains_from:
                self._complains_from = now + _SILENT_SECONDS
                logger.error("the store of shared state cannot be reached", extra={"error": type(error).__name__})
            raise StoreError from error
        if self._is_out:
            self._is_out, self._complains_from = False, -math.inf
            logger.warning("the store of shared state can be reached again")
