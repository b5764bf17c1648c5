"""Messages of a learning platform that lies, or of somebody who says to be it."""

import base64
import hmac
import json
import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from api.access import COOKIE
from api.house import House
from tests.lti_platform import CLIENT, FakePlatform, key_pair
from tests.web.conftest import Client
from tests.web.lti import LTI, OWNER, arrive, begin, launched, log, platform, settings

__all__ = ["platform", "settings"]


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        ({"aud": "another-client"}, "audience"), ({"aud": [CLIENT, "x"], "azp": "x"}, "party"),
        ({"iss": "https://elsewhere.example"}, "issuer"), ({f"{LTI}deployment_id": "deployment-2"}, "deployment"),
        ({f"{LTI}version": "1.1"}, "version"), ({f"{LTI}message_type": "LtiSubmissionReviewRequest"}, "message"),
        ({"sub": None}, "nobody_named"), ({f"{LTI}roles": None}, "claim_missing"),
        ({"nbf": time.time() + 86_400}, "not_yet"), ({f"{LTI}custom": {"evoke_open": "module:no-such"}}, "target"),
        ({f"{LTI}custom": {"evoke_open": "//evil.example"}}, "target"),
        ({"nbf": float("nan")}, "claim_missing"), ({"nbf": 10**400}, "claim_missing"),
        ({"name": "Olu\x00"}, "not_a_token"), ({"name": "Olu\ud800"}, "not_a_token"),
    ],
)  # fmt: skip
def test_a_message_that_is_not_for_us_is_refused_and_the_log_says_why(
    client: Client, platform: FakePlatform, house: House, extra: dict[str, Any], reason: str
) -> None:
    visitor = client(None)
    answer = launched(visitor, platform, email=OWNER, extra=extra)
    assert answer.status_code == 401
    assert "could not be opened" in answer.text
    assert COOKIE not in visitor.cookies
    assert log(house) == [reason]


def resigned(platform: FakePlatform, form: dict[str, str], key: Any, header: dict[str, Any], **claims: Any) -> Any:
    payload = form["id_token"].split(".")[1]
    said = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))) | claims
    signed = jwt.encode(header, said, key, algorithms=[header["alg"]])
    return form | {"id_token": signed}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("database_kind", ["sqlite"])  # what is wrong is in the token alone: one database is enough
@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("none", "algorithm"), ("public key as a shared secret", "algorithm"), ("another key", "signature"),
        ("expired", "expired"), ("too old", "expired"), ("another nonce", "nonce"), ("no kid", "key_unknown"),
        ("unknown kid", "key_unknown"), ("no token", "not_a_token"), ("an error", "platform_error"),
    ],
)  # fmt: skip
def test_a_message_that_the_platform_did_not_sign_for_this_login_is_refused(
    client: Client, platform: FakePlatform, house: House, how: str, reason: str
) -> None:
    visitor = client(None)
    form = platform.launch(begin(visitor, platform), email=OWNER)
    own = RSAKey.import_key(platform.pair[0])
    kid = platform.registration().get_kid()
    header, now = {"alg": "RS256", "kid": kid}, int(time.time())
    changed = {
        "none": lambda: resigned(platform, form, OctKey.import_key("x" * 32), {"alg": "none", "kid": kid}),
        "public key as a shared secret": lambda: with_shared_secret(form, platform.pair[1], kid),
        "another key": lambda: resigned(platform, form, RSAKey.import_key(key_pair()[0]), header),
        "expired": lambda: resigned(platform, form, own, header, iat=now - 600, exp=now - 300),
        "too old": lambda: resigned(platform, form, own, header, iat=now - 86_400, exp=now + 86_400),
        "another nonce": lambda: resigned(platform, form, own, header, nonce="another"),
        "no kid": lambda: resigned(platform, form, own, {"alg": "RS256"}),
        "unknown kid": lambda: resigned(platform, form, own, {"alg": "RS256", "kid": "unknown"}),
        "no token": lambda: form | {"id_token": "{}"},
        "an error": lambda: {"state": form["state"], "error": "login_required"},
    }[how]()
    answer = arrive(visitor, changed)
    assert answer.status_code == 401
    assert COOKIE not in visitor.cookies
    assert log(house) == [reason]


def with_shared_secret(form: dict[str, str], secret: str, kid: str | None) -> dict[str, str]:
    """Signed with what everybody may read, as if it were known to two alone. By hand: no library of ours does it."""
    header = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": kid}).encode()).rstrip(b"=")
    text = header + b"." + form["id_token"].split(".")[1].encode()
    signature = base64.urlsafe_b64encode(hmac.new(secret.encode(), text, "sha256").digest()).rstrip(b"=")
    return form | {"id_token": (text + b"." + signature).decode()}
