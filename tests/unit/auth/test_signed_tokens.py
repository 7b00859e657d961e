"""Used tokens are remembered until they expire, those of each client apart."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.auth.caller import Caller, NotAdmittedError
from app.auth.jwks import KeySets
from app.auth.signed_tokens import SignedTokens
from app.config.site import Client, SiteConfiguration
from app.store.memory import MemoryStore
from tests.lib.asynchronous import awaited
from tests.lib.signing_ehr import ISSUER, OTHER_ISSUER, OTHER_KEY, PUBLIC_KEYS, PUBLIC_URL, key_file, signed

PATH = "/cds-services/hcc-sii-afp"
Verify = Callable[[str], Caller]


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


def verifier(folder: Path, clock: Clock, most_used: int = 10) -> Verify:
    """Return what verifies tokens of two clients, as after a start of the service."""
    keys = {"keys": [*PUBLIC_KEYS["keys"], OTHER_KEY.as_dict(private=False)]}
    clients = (
        Client(issuer=issuer, jwks_file=key_file(folder, keys), scopes=("hooks",)) for issuer in (ISSUER, OTHER_ISSUER)
    )
    site = SiteConfiguration(client=tuple(clients))
    tokens = SignedTokens(site, KeySets(), MemoryStore(clock, clock), clock=clock, most_used=most_used)
    return lambda token: awaited(tokens.verify, token, PUBLIC_URL + PATH, "hooks")


def test_full_memory_of_a_client_refuses_it_alone(tmp_path: Path) -> None:
    clock = Clock()
    verify = verifier(tmp_path, clock, most_used=2)
    used = [signed(PATH) for _ in range(2)]
    assert [verify(token).name for token in used] == [ISSUER, ISSUER]
    with pytest.raises(NotAdmittedError, match="too many tokens"):
        verify(signed(PATH))
    with pytest.raises(NotAdmittedError, match="used before"):
        verify(used[0])
    assert verify(signed(PATH, {"iss": OTHER_ISSUER}, key=OTHER_KEY)).name == OTHER_ISSUER
    clock.now += 320  # within the leeway after their five minutes
    with pytest.raises(NotAdmittedError):
        verify(used[0])
    clock.now += 20
    assert verify(signed(PATH)).name == ISSUER


def test_token_from_before_the_start_is_refused(tmp_path: Path) -> None:
    """It may have been used before the memory was lost."""
    clock = Clock()
    used, unused = (signed(PATH, {"iat": int(clock.now) - 2, "exp": int(clock.now) + 200}) for _ in range(2))
    clock.now -= 10
    assert verifier(tmp_path, clock)(used).name == ISSUER
    clock.now += 10
    verify = verifier(tmp_path, clock)
    for token in (used, unused):
        with pytest.raises(NotAdmittedError, match="before the service began"):
            verify(token)
    assert verify(signed(PATH, {"iat": int(clock.now), "exp": int(clock.now) + 300})).name == ISSUER


@pytest.mark.parametrize("life", [300, 301])
def test_token_may_be_valid_for_five_minutes(tmp_path: Path, life: int) -> None:
    """A client that rounds both times may be a second beyond."""
    clock = Clock()
    verify = verifier(tmp_path, clock)
    assert verify(signed(PATH, {"iat": int(clock.now), "exp": int(clock.now) + life})).name == ISSUER
