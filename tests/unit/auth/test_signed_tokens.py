"""Used tokens are remembered until they expire."""

import time
from pathlib import Path

import pytest

from app.auth.caller import Caller, NotAdmittedError
from app.auth.jwks import KeySets
from app.auth.signed_tokens import SignedTokens
from app.config.site import Client, SiteConfiguration
from tests.lib.asynchronous import awaited
from tests.lib.signing_ehr import ISSUER, PUBLIC_URL, key_file, signed

PATH = "/cds-services/hcc-sii-afp"


def test_used_tokens_are_kept_until_they_expire(tmp_path: Path) -> None:
    """If the memory is full, every token is refused, because it could be used twice."""
    client = Client(issuer=ISSUER, jwks_file=key_file(tmp_path), scopes=("hooks",))
    now = time.time()
    tokens = SignedTokens(SiteConfiguration(client=(client,)), KeySets(), clock=lambda: now, most_remembered=2)

    def verified(token: str) -> Caller:
        return awaited(tokens.verify, token, PUBLIC_URL + PATH, "hooks")

    used = [signed(PATH) for _ in range(2)]
    assert [verified(token).name for token in used] == [ISSUER, ISSUER]
    with pytest.raises(NotAdmittedError):
        verified(signed(PATH))
    now += 320  # within the leeway after their five minutes
    with pytest.raises(NotAdmittedError):
        verified(used[0])
    now += 20
    assert verified(signed(PATH)).name == ISSUER
