"""Evoke opened from a learning platform, which is played by a library that is not ours, and by ones that lie."""

import base64
import hmac
import json
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlmodel import select

from api.access import COOKIE
from api.house import House
from models.lti import GradeState, LtiGrade, LtiLaunch, LtiLink, LtiMatch, LtiPlatform, LtiScores
from models.lti_keys import key_set, rotate_keys
from models.lti_platforms import PlatformDetails, keep_platform
from models.permissions import Actor
from models.settings import Settings
from tests.conftest import CONVERSATION, PASSWORD, People, settings_of_tests, work_off
from tests.lti_platform import CLIENT, DEPLOYMENT, INSTRUCTOR, LEARNER, FakePlatform, fake_platform, key_pair
from tests.web.conftest import Client, PageClient
from training.modules.load import shipped_library
from web.worker import Worker

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])
OWNER = "olu.owner@example.org"
TOP, FRAME = {"sec-fetch-dest": "document", "sec-fetch-site": "cross-site"}, {"sec-fetch-dest": "iframe"}
LTI = "https://purl.imsglobal.org/spec/lti/claim/"
MODULE = shipped_library().modules[0].slug


@pytest.fixture
def settings(sqlite_template: Any, tmp_path: Any, database_kind: str) -> Settings:
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    (data_dir / "evoke.sqlite3").write_bytes(sqlite_template.read_bytes())
    return settings_of_tests(data_dir, site_url="http://evoke.test", outgoing_allowed="127.0.0.1")


@pytest.fixture
def platform(house: House, people: People, admin: Actor) -> Iterator[FakePlatform]:
    with fake_platform() as one:
        add(house, admin, one)
        yield one


def add(house: House, admin: Actor, one: FakePlatform, **others: str) -> None:
    values = {
        "name": "Ferndale Learning", "issuer": one.issuer, "client_id": CLIENT, "deployments": DEPLOYMENT,
        "authorization_endpoint": f"{one.issuer}/authorize", "token_endpoint": f"{one.issuer}/token",
        "jwks_uri": f"{one.issuer}/keys", "match": LtiMatch.EMAIL, "domains": "example.org",
    }  # fmt: skip
    with house.database.write() as session:
        kept = session.exec(select(LtiPlatform)).first()
        details = PlatformDetails(**{**values, **others})
        keep_platform(session, details=details, settings=house.settings, by=admin, platform=kept)
        one.tool_keys = {"keys": key_set(session, admin.organisation_id)}


def begin(visitor: PageClient, platform: FakePlatform, **more: str) -> dict[str, str]:
    """What the platform is asked, once the browser was sent there."""
    parts = urlsplit(platform.login_address())
    sent = {name: values[0] for name, values in parse_qs(parts.query).items()} | more
    answer = visitor.post(parts.path, data=sent, headers=TOP, follow_redirects=False)
    if "lti_storage_target" in more:
        (address,) = re.findall(r'content="4;url=([^"]+)"', answer.text)
        address = address.replace("&amp;", "&")
    else:
        assert answer.status_code == 303, answer.text
        address = answer.headers["location"]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{platform.issuer}/authorize?")
    assert asked["response_type"] == "id_token"
    return asked


def arrive(visitor: PageClient, form: dict[str, str], how: dict[str, str] = TOP) -> httpx.Response:
    return visitor.post("/lti/launch", data=form, headers=how)


def launched(visitor: PageClient, platform: FakePlatform, how: dict[str, str] = TOP, **said: Any) -> httpx.Response:
    return arrive(visitor, platform.launch(begin(visitor, platform), **said), how)


def press(visitor: PageClient, page: httpx.Response) -> httpx.Response:
    (ticket,) = re.findall(r'name="ticket" value="([^"]+)"', page.text)
    return visitor.post("/lti/open", data={"ticket": ticket}, headers={"sec-fetch-site": "same-origin"})


def log(house: House) -> list[str]:
    with house.database.read() as session:
        return [one.reason or one.outcome.value for one in session.exec(select(LtiLaunch).order_by(LtiLaunch.id))]  # type: ignore[arg-type]


def test_a_launch_in_a_window_of_its_own_leads_straight_to_what_the_course_names(
    client: Client, platform: FakePlatform, house: House
) -> None:
    visitor = client(None)
    landed = launched(visitor, platform, email=OWNER, target=f"module:{MODULE}")
    assert landed.url.path == f"/learn/{MODULE}"
    assert OWNER in visitor.get("/account").text
    assert landed.headers["content-security-policy"].endswith("frame-ancestors 'none'")
    again = client(None)  # known by their ID from now on, whatever the platform says of their address
    assert launched(again, platform, email="other@elsewhere.org").url.path == "/"
    assert OWNER in again.get("/account").text
    assert log(house) == ["opened", "opened"]


def test_within_the_platforms_page_nothing_is_signed_in_until_a_window_of_its_own_opens(
    client: Client, platform: FakePlatform
) -> None:
    """With cookies of frames blocked: the browser that comes back has none."""
    asked = begin(client(None), platform)
    framed = client(None)
    page = arrive(framed, platform.launch(asked, email=OWNER, target=f"module:{MODULE}"), FRAME)
    assert page.status_code == 200
    assert COOKIE not in framed.cookies
    assert "Olu Owner" in page.text
    assert "Open Evoke in a new window" in page.text
    assert f"frame-ancestors {platform.issuer}" in page.headers["content-security-policy"]
    window = client(None)
    assert press(window, page).url.path == f"/learn/{MODULE}"
    assert OWNER in window.get("/account").text
    assert press(client(None), page).status_code == 404  # once


def test_a_launch_that_began_in_another_browser_is_refused(
    client: Client, platform: FakePlatform, house: House
) -> None:  # fmt: skip
    victim = client(None)
    form = platform.launch(begin(client(None), platform), email=OWNER)
    answer = arrive(victim, form)
    assert answer.status_code == 401
    assert COOKIE not in victim.cookies
    assert log(house) == ["another_browser"]


def test_where_the_platform_keeps_the_secret_another_browsers_is_refused(
    client: Client, platform: FakePlatform, house: House
) -> None:
    visitor = client(None)
    asked = begin(visitor, platform, lti_storage_target="platform_storage")
    page = arrive(client(None), platform.launch(asked, email=OWNER), FRAME)
    assert 'data-lti-get="evoke_lti_' in page.text
    (ticket,) = re.findall(r'name="ticket" value="([^"]+)"', page.text)
    answer = client(None).post("/lti/open", data={"ticket": ticket, "stored": "of another login"})
    assert answer.status_code == 401
    assert log(house) == ["another_browser"]
    asked = begin(visitor, platform, lti_storage_target="platform_storage")
    stored = dict(visitor.cookies)[[name for name in dict(visitor.cookies) if name.startswith("evoke_lti_")][-1]]
    page = arrive(client(None), platform.launch(asked, email=OWNER), FRAME)
    (ticket,) = re.findall(r'name="ticket" value="([^"]+)"', page.text)
    assert client(None).post("/lti/open", data={"ticket": ticket, "stored": stored}).url.path == "/"


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        ({"aud": "another-client"}, "audience"), ({"aud": [CLIENT, "x"], "azp": "x"}, "party"),
        ({"iss": "https://elsewhere.example"}, "issuer"), ({f"{LTI}deployment_id": "deployment-2"}, "deployment"),
        ({f"{LTI}version": "1.1"}, "version"), ({f"{LTI}message_type": "LtiSubmissionReviewRequest"}, "message"),
        ({"sub": None}, "nobody_named"), ({f"{LTI}roles": None}, "claim_missing"),
        ({"nbf": time.time() + 3600}, "not_yet"), ({f"{LTI}custom": {"evoke_open": "module:no-such"}}, "target"),
        ({f"{LTI}custom": {"evoke_open": "//evil.example"}}, "target"),
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


def test_a_launch_works_once_and_a_message_with_another_login_not_at_all(
    client: Client, platform: FakePlatform, house: House
) -> None:
    visitor = client(None)
    form = platform.launch(begin(visitor, platform), email=OWNER)
    kept = dict(visitor.cookies)
    assert arrive(visitor, form).url.path == "/"
    for name, value in kept.items():
        visitor.cookies.set(name, value)
    assert arrive(visitor, form).status_code == 401
    other = begin(visitor, platform)
    assert arrive(visitor, form | {"state": other["state"]}).status_code == 401  # its nonce was used
    assert arrive(visitor, form | {"state": "made up"}).status_code == 401
    assert log(house) == ["opened", "state_used", "nonce"]


def test_a_platform_that_changed_its_key_is_looked_at_anew(client: Client, platform: FakePlatform) -> None:
    assert launched(client(None), platform, email=OWNER).url.path == "/"
    platform.pair = key_pair()
    assert launched(client(None), platform, email=OWNER).url.path == "/"


def test_an_unknown_platform_and_one_that_leads_elsewhere_are_sent_nowhere(
    client: Client, platform: FakePlatform
) -> None:
    visitor = client(None)
    for sent in (
        {"iss": "https://elsewhere.example", "login_hint": "x"}, {}, {"iss": platform.issuer, "login_hint": ""},
        {"iss": platform.issuer, "client_id": "another", "login_hint": "x"},
        {"iss": platform.issuer, "login_hint": "x", "target_link_uri": "https://evil.example/"},
    ):  # fmt: skip
        answer = visitor.get("/lti/login", params=sent, follow_redirects=False)
        assert answer.status_code == 401
        assert "location" not in answer.headers


@pytest.mark.parametrize(
    "said",
    [
        {"email": "sam.stranger@example.org"}, {"email": "nobody@example.org"}, {"email": ""},
        {"email": OWNER, "extra": {"email_verified": False}},
        {"email": "cass.coach@example.org"},  # sees what is others': signs in themselves
        {"email": "ada.administrator@example.org", "roles": (INSTRUCTOR,)},
    ],
)  # fmt: skip
def test_who_is_not_known_signs_in_once_and_gets_no_role(
    client: Client, platform: FakePlatform, house: House, said: dict[str, Any]
) -> None:
    visitor = client(None)
    landed = launched(visitor, platform, target=f"module:{MODULE}", **said)
    assert landed.url.path == "/sign-in"
    assert COOKIE not in visitor.cookies
    linking = visitor.post("/sign-in", data={"email": OWNER, "password": PASSWORD, "next": "/lti/link"})
    assert "Both are me" in linking.text
    assert visitor.post("/lti/link").url.path == f"/learn/{MODULE}"
    with house.database.read() as session:
        assert [one.how for one in session.exec(select(LtiLink))] == [LtiMatch.SIGN_IN]
    again = client(None)
    assert launched(again, platform).url.path == "/"
    assert OWNER in again.get("/account").text


def test_a_coach_who_linked_is_led_there_and_still_signs_in(
    client: Client, platform: FakePlatform, people: People
) -> None:  # fmt: skip
    visitor = client(people.colleague)
    launched(visitor, platform)
    assert visitor.post("/lti/link").url.path == "/"
    fresh = client(None)
    assert launched(fresh, platform, target=f"module:{MODULE}").url.path == "/sign-in"
    assert launched(visitor, platform, target=f"module:{MODULE}").url.path == f"/learn/{MODULE}"


def test_content_is_chosen_without_a_sign_in_and_the_platform_takes_what_comes_back(
    client: Client, platform: FakePlatform, house: House
) -> None:
    visitor = client(None)
    page = launched(visitor, platform, FRAME, roles=(INSTRUCTOR,), choose={"of": "theirs"})
    assert "What shall your course open?" in page.text
    assert COOKIE not in visitor.cookies
    (ticket,) = re.findall(r'name="ticket" value="([^"]+)"', page.text)
    exercise = shipped_library().modules[0].exercises[0].id
    targets = [f"module:{MODULE}", f"exercise:{MODULE}/{exercise}", "parent:wine-at-night", "role-play"]
    empty = visitor.post("/lti/choose", data={"ticket": ticket})
    assert empty.status_code == 422
    assert visitor.post("/lti/choose", data={"ticket": ticket, "target": "module:no-such"}).status_code == 401
    back = visitor.post("/lti/choose", data={"ticket": ticket, "target": targets})
    assert f"form-action 'self' {platform.issuer}" in back.headers["content-security-policy"]
    assert f'action="{platform.issuer}/chosen"' in back.text
    (signed,) = re.findall(r'name="JWT" value="([^"]+)"', back.text)
    items = platform.chosen(signed)
    assert [one["custom"]["evoke_open"] for one in items] == targets
    assert ["lineItem" in one for one in items] == [True, False, True, True]
    assert {one["url"] for one in items} == {"http://evoke.test/lti/launch"}
    assert visitor.post("/lti/choose", data={"ticket": ticket, "target": targets}).status_code == 404
    learner = launched(client(None), platform, FRAME, choose={})
    assert learner.status_code == 401


def complete(house: House, person: Actor) -> None:
    from models.lti_grades import module_target, target_done

    with house.database.write() as session:
        target_done(session, target=module_target(MODULE), person_id=person.person_id)


def test_a_completed_module_is_told_to_the_gradebook_also_after_the_platform_was_away(
    client: Client, platform: FakePlatform, house: House, people: People, worker: Worker
) -> None:
    launched(client(None), platform, email=OWNER, target=f"module:{MODULE}", column=True)
    complete(house, people.owner)
    platform.down = 1
    work_off(worker)
    assert platform.scores == []
    with house.database.write() as session:
        from models.job import Job

        for job in session.exec(select(Job).where(Job.name == "send_lti_grade")):
            job.run_at = job.created_at
            session.add(job)
    work_off(worker)
    (told,) = platform.scores
    assert (told["userId"], told["scoreGiven"], told["scoreMaximum"]) == ("user-1", 1.0, 1)
    assert (told["activityProgress"], told["gradingProgress"]) == ("Completed", "FullyGraded")
    complete(house, people.owner)
    work_off(worker)
    assert len(platform.scores) == 1


def test_a_role_play_is_told_without_a_score_until_a_coach_signs_it_off(
    client: Client, platform: FakePlatform, house: House, people: People, worker: Worker, admin: Actor
) -> None:
    add(house, admin, platform, scores=LtiScores.SIGNED)
    visitor = client(None)
    landed = launched(visitor, platform, email=OWNER, target="role-play", column=True)
    assert landed.url.path == "/sessions/new"
    file = {"file": ("good.txt", CONVERSATION.encode())}
    answer = visitor.post("/api/v1/sessions", data={"kind": "role_play", "agreement_confirmed": "yes"}, files=file)
    assert answer.status_code == 201
    work_off(worker)
    (told,) = platform.scores
    assert told["activityProgress"] == "Submitted"
    assert "scoreGiven" not in told
    with house.database.write() as session:
        from models.lti_grades import role_play_signed

        (grade,) = session.exec(select(LtiGrade)).all()
        assert grade.session_id is not None
        assert grade.state is GradeState.SENT
        role_play_signed(session, session_id=grade.session_id, ratings=[3, 4, 4, 5])
    work_off(worker)
    assert platform.scores[-1]["scoreGiven"] == 0.8


def test_keys_are_shown_before_they_sign_and_after(
    client: Client, platform: FakePlatform, house: House, admin: Actor
) -> None:  # fmt: skip
    address = f"/lti/keys/{admin.organisation_id}"
    (first,) = client(None).get(address).json()["keys"]
    assert not {"d", "p", "q"} & set(first)
    with house.database.write() as session:
        rotate_keys(session, by=admin)
        rotate_keys(session, by=admin)
    both = client(None).get(address).json()["keys"]
    assert len(both) == 2
    assert first in both
    page = launched(client(None), platform, FRAME, roles=(INSTRUCTOR,), choose={})
    assert "What shall" in page.text
    assert client(None).get(f"/lti/configuration/{admin.organisation_id}").json()["public_jwk_url"].endswith(address)


def test_only_the_two_addresses_of_platforms_take_forms_of_other_sites(client: Client, platform: FakePlatform) -> None:
    elsewhere = {"sec-fetch-site": "cross-site"}
    for path in ("/lti/open", "/lti/link", "/lti/choose", "/lti/launch/", "/sign-out"):
        assert client(None).post(path, headers=elsewhere).status_code == 403


def test_an_administrator_enters_a_platform_tests_it_and_reads_why_a_launch_was_refused(
    client: Client, platform: FakePlatform, house: House, admin: Actor, people: People
) -> None:
    one = client(admin)
    platform.members = [
        {"user_id": "user-1", "roles": [LEARNER], "name": "Olu Owner", "email": OWNER},
        {"user_id": "user-2", "roles": [LEARNER], "name": "Nia New", "email": "nia@example.org"},
    ]
    with house.database.write() as session:
        row = session.exec(select(LtiPlatform)).one()
        row.deployments = []
        session.add(row)
    page = f"/connections/lti/{row.id}"
    assert "Nobody has opened Evoke from here yet" in one.get(page).text
    assert launched(client(None), platform, email=OWNER).status_code == 401
    refused = one.get(page).text
    assert "The deployment is not one that was entered here" in refused
    assert one.post(f"{page}/allow", data={"deployment": "never seen"}).status_code == 404
    assert "may open Evoke now" in one.post(f"{page}/allow", data={"deployment": DEPLOYMENT}).text
    assert launched(client(None), platform, email=OWNER).url.path == "/"
    tested = one.post(f"{page}/test").text
    assert "key set was read: 1 key" in tested
    assert "gave a token" in tested
    with house.database.read() as session:
        from models.lti import LtiCourse

        (course,) = session.exec(select(LtiCourse)).all()
    who = one.post(f"{page}/courses/{course.id}").text
    assert "1 of 2 have an account" in who
    assert "Nia New" in who
    sent = {"name": "F", "issuer": platform.issuer, "client_id": "x", "match": "email", "scores": "completion"}
    wrong = one.post("/connections/lti", data=sent)
    assert wrong.status_code == 422
    for name in ("authorization_endpoint", "jwks_uri", "domains"):
        assert f'id="{name}-error"' in wrong.text
    for who_else in (people.owner, people.lead, people.colleague):
        assert client(who_else).get("/connections/lti").status_code == 404
    assert "taken out" in one.post(f"{page}/end").text
    with house.database.read() as session:
        assert session.exec(select(LtiLink)).all() == []


def test_a_platform_registers_itself_once(
    client: Client, platform: FakePlatform, house: House, admin: Actor
) -> None:  # fmt: skip
    """The platform's half of dynamic registration is written here, from the specification: the library has none."""
    with house.database.write() as session:
        session.delete(session.exec(select(LtiPlatform)).one())
    made = client(admin).post("/connections/lti/invite")
    (address,) = re.findall(r"http://evoke\.test(/lti/register/[\w-]+)", made.text)
    visitor = client(None)
    described = {"openid_configuration": f"{platform.issuer}/description", "registration_token": "let me in"}
    assert "Register" in visitor.get(address, params=described).text
    sent = {"configuration": described["openid_configuration"], "token": "not it"}
    assert visitor.post(address, data=sent).status_code == 502
    assert "know each other now" in visitor.post(address, data=sent | {"token": "let me in"}).text
    assert platform.tool is not None
    assert platform.tool["jwks_uri"] == f"http://evoke.test/lti/keys/{admin.organisation_id}"
    assert visitor.get(address).status_code == 404
    with house.database.read() as session:
        platform.tool_keys = {"keys": key_set(session, admin.organisation_id)}
    assert launched(client(None), platform, email=OWNER).url.path == "/sign-in"  # known by signing in, until changed
