"""Every badge that Evoke makes, against the rules of Open Badges 3.0, and checked as others check it."""

import base64
import json
from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any
from xml.etree import ElementTree

import jwt
import pytest
from sqlmodel import col, select

from api.house import House
from models.audit import AuditEvent
from models.certificate import BadgeKey, Certificate
from models.columns import new_id, utc_now
from models.keys import SessionKey
from models.learning import ModuleProgress
from models.organisation import Organisation
from models.person import Role
from tests.badge_rules import errors_of
from tests.conftest import People, add_person
from tests.web.conftest import Client, PageClient
from training.modules.load import shipped_library
from training.progress.badges import SVG_NAMESPACE, Addresses, credential

EVERY = [one.slug for one in shipped_library().modules]


@pytest.fixture
def badges(house: House, client: Client, people: People) -> dict[str, str]:
    """The address of the certificate of every module that ships."""
    now = utc_now()
    with house.database.write() as session:
        for module in shipped_library().modules:
            session.add(
                ModuleProgress(
                    id=new_id(), person_id=people.owner.person_id, module=module.slug, edition=module.edition,
                    read_at=now, completed_at=now, completed_edition=module.edition,
                )
            )  # fmt: skip
    owner = client(people.owner)
    return {
        slug: owner.post("/progress/certificates", data={"module": slug}, follow_redirects=False).headers["location"]
        for slug in EVERY
    }


def desk_of(house: House, client: Client, people: People) -> PageClient:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        admin = add_person(session, home, "Ada Admin", role=Role.ADMINISTRATOR)
    return client(admin)


def verify(house: House, nobody: PageClient, token: str) -> dict[str, Any]:
    """As any verifier does (Open Badges 3.0, section 8.2.6): the key is fetched from where the header says."""
    kid = jwt.get_unverified_header(token)["kid"]
    answer = nobody.get(kid.removeprefix(house.settings.site))
    assert answer.status_code == 200
    return dict(jwt.decode(token, jwt.PyJWK(answer.json()), algorithms=["RS256"], options={"verify_aud": False}))


def test_every_badge_keeps_the_rules(house: House, client: Client, people: People, badges: dict[str, str]) -> None:
    owner, nobody = client(people.owner), client(None)
    for slug in EVERY:
        token = owner.get(f"{badges[slug]}/badge.jwt").text
        header = jwt.get_unverified_header(token)
        assert set(header) == {"alg", "typ", "kid", "jwk"}, "no other header is allowed"
        assert set(header["jwk"]) == {"kty", "n", "e"}, "never a private key"
        claims = verify(house, nobody, token)
        stated = {name: claims.pop(name) for name in ("iss", "jti", "nbf", "sub")}
        assert errors_of(claims, "AchievementCredential") == []
        began = datetime.fromisoformat(claims["validFrom"])
        assert stated == {
            "iss": claims["issuer"]["id"], "jti": claims["id"], "nbf": int(began.timestamp()),
            "sub": claims["credentialSubject"]["id"],
        }  # fmt: skip
        assert began <= datetime.now(UTC)
        assert claims["credentialStatus"]["type"] == "1EdTechRevocationList"
        schemas = {one["type"] for one in claims["credentialSchema"]}
        assert schemas == {"1EdTechJsonSchemaValidator2019"}
        profile = nobody.get(claims["issuer"]["id"].removeprefix(house.settings.site)).json()
        profile.pop("@context")
        assert profile == claims["issuer"]
        assert nobody.get(claims["id"].removeprefix(house.settings.site)).status_code == 200


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("issuer", "type"), "Profile"), (("credentialSubject", "type"), ["Person"]), (("validFrom",), "2026-01-01"),
        (("credentialSubject", "achievement", "criteria"), "read it"), (("@context",), ["https://schema.org"]),
        (("credentialSubject", "identifier"), []), (("credentialStatus", "id"), "revoked"), (("grade",), "A"),
        (("credentialSubject", "achievement", "achievementType"), "Module"), (("type",), ["VerifiableCredential"]),
        (("credentialSubject", "identifier", 0, "identityHash"), "somebody@example.org"),
    ],
)  # fmt: skip
def test_the_rules_find_what_is_wrong(where: tuple[Any, ...], value: object) -> None:
    home = Organisation(id=new_id(), name="Ferndale")
    certificate = Certificate(
        id=new_id(), organisation_id=home.id, person_id=new_id(), module="m", edition="1", title="Listening",
        minutes=20, completed_on=date(2026, 3, 2), issued_at=utc_now(),
    )  # fmt: skip
    site = Addresses("https://evoke.example")
    right = credential(certificate, organisation=home, email="somebody@example.org", salt="s", where=site)
    wrong: Any = deepcopy(right)
    inner = wrong
    for step in where[:-1]:
        inner = inner[step]
    inner[where[-1]] = value
    assert errors_of(right, "AchievementCredential") == []
    assert errors_of(wrong, "AchievementCredential") != []


def test_a_badge_with_a_changed_word_fails(
    house: House, client: Client, people: People, badges: dict[str, str]
) -> None:  # fmt: skip
    nobody = client(None)
    token = client(people.owner).get(f"{badges[EVERY[0]]}/badge.jwt").text
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["name"] = claims["name"].replace("Completed", "Mastered")
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    with pytest.raises(jwt.InvalidSignatureError):
        verify(house, nobody, f"{head}.{forged}.{signature}")
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none", **_kid(token)}).encode()).decode().rstrip("=")
    with pytest.raises(jwt.InvalidAlgorithmError):
        verify(house, nobody, f"{none}.{forged}.")
    assert verify(house, nobody, token)["name"].startswith("Completed")


def _kid(token: str) -> dict[str, str]:
    return {"kid": jwt.get_unverified_header(token)["kid"]}


def test_the_picture_holds_the_badge(house: House, client: Client, people: People, badges: dict[str, str]) -> None:
    owner = client(people.owner)
    picture = ElementTree.fromstring(owner.get(f"{badges[EVERY[0]]}/badge.svg").text)
    (baked,) = picture.findall(f"{{{SVG_NAMESPACE}}}credential")
    assert not list(baked)
    assert verify(house, client(None), baked.attrib["verify"]) == verify(
        house, client(None), owner.get(f"{badges[EVERY[0]]}/badge.jwt").text
    )


def test_what_was_taken_back_stands_in_the_list(
    house: House, client: Client, people: People, badges: dict[str, str]
) -> None:  # fmt: skip
    owner, nobody = client(people.owner), client(None)
    claims = verify(house, nobody, owner.get(f"{badges[EVERY[0]]}/badge.jwt").text)
    where = claims["credentialStatus"]["id"].removeprefix(house.settings.site)
    before = nobody.get(where)
    assert errors_of(before.json(), "RevocationList") == []
    assert before.headers["cache-control"] == "no-cache"
    assert before.json()["revokedCredentials"] == []
    owner.post(f"{badges[EVERY[0]]}/take-back")
    after = nobody.get(where).json()
    assert errors_of(after, "RevocationList") == []
    assert after["revokedCredentials"] == [{"id": claims["id"], "revoked": True}]
    assert (after["id"], after["issuer"]) == (claims["credentialStatus"]["id"], claims["issuer"]["id"])


def test_the_key_changes_and_older_badges_still_hold(
    house: House, client: Client, people: People, badges: dict[str, str]
) -> None:  # fmt: skip
    owner, nobody, desk = client(people.owner), client(None), desk_of(house, client, people)
    old = owner.get(f"{badges[EVERY[0]]}/badge.jwt").text
    page = desk.get("/connections/badges").text
    assert "Change the key" in page
    assert f"{len(EVERY)} certificates are valid now" in page
    assert "Nothing is connected yet" in desk.get("/connections").text, "no system has to be looked after"
    assert "A new key signs badges from now on." in desk.post("/connections/badges/key").text
    new = owner.get(f"{badges[EVERY[0]]}/badge.jwt").text
    kids = [_kid(new)["kid"], _kid(old)["kid"]]
    assert kids[0] != kids[1]
    assert verify(house, nobody, old) == verify(house, nobody, new)
    address = f"/badges/issuers/{people.owner.organisation_id}/keys"
    keys = nobody.get(address).json()["keys"]
    assert [one["kid"] for one in keys] == kids
    assert all(set(one) == {"kty", "n", "e", "kid", "alg", "use"} for one in keys)
    assert nobody.get(f"/badges/issuers/{new_id()}/keys").status_code == 404
    with house.database.read() as session:
        (retired,) = session.exec(select(BadgeKey).where(col(BadgeKey.retired_at).is_not(None))).all()
        assert retired.sealed == b"", "nobody signs with it again"
        assert session.get(SessionKey, retired.id) is None
        changed = select(AuditEvent).where(col(AuditEvent.action) == "badge_key_changed")
        signs = select(BadgeKey.id).where(col(BadgeKey.retired_at).is_(None))
        assert session.exec(changed).one().subject_id == session.exec(signs).one()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_only_administrators_change_the_key(house: House, client: Client, people: People) -> None:
    for who in (people.owner, people.colleague, people.stranger):
        assert client(who).get("/connections/badges").status_code == 404
        assert client(who).post("/connections/badges/key").status_code == 404
    page = desk_of(house, client, people).get("/connections/badges").text
    assert "Nobody has taken a certificate yet." in page
    assert "Change the key" not in page, "there is none to change"
