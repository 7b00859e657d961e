"""The current time in tests about samples of early January 2026: samples of 2 January are a week old."""

from datetime import UTC, datetime

NOW = datetime(2026, 1, 9, 12, 0, 0, tzinfo=UTC)


def clock() -> datetime:
    """Return that time, for applications and tests."""
    return NOW
