"""Empty the caches of app/core before a session of pytest.

mutmut runs the tests once, and then starts each session as a copy of that process, in which the mutant is switched on.
A result that a cache of functools kept from before would hide the mutant.
"""

import functools
import gc


def pytest_sessionstart() -> None:
    """Empty every cache of a function of app/core."""
    for one in gc.get_objects():
        if isinstance(one, functools._lru_cache_wrapper) and one.__module__.startswith("app.core"):  # noqa: SLF001
            one.cache_clear()
