"""One's own progress, certificates as badges that others can check, and the record of learning."""

import base64
import hashlib
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256
from sqlmodel import col, select

from api.house import House
from coding.feedback.point import FeedbackWords, Point
from coding.feedback.write import save_feedback
from coding.nightly import RECORDS_AFTER_LEAVING
from coding.review.sign_off import sign_off_review
from models.certificate import Certificate, LearningEntry, LearningPaper
from models.certificate_kept import PAPER_KEPT, end_old_papers, forget_records_of_leavers, record_key
from models.columns import new_id, utc_now
from models.exercise import ExerciseDraft
from models.exercise_words import keep_words, words_kept
from models.keys import SessionKey
from models.learning import ModuleProgress
from models.person import Person
from models.practice import Picked, PracticeSession
from models.review import Review
from models.sweep import sweep_keys
from tests.coding.review.conftest import Bench, bench
from tests.conftest import People, work_off
from tests.web.conftest import Client, PageClient
from training.modules.load import shipped_library
from training.progress.points import points_of
from web.worker import Worker

__all__ = ["bench"]
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])
ENTRY = {"kind": "other", "what": "A talk with Sam", "on": "2026-03-02", "minutes": "40", "learned": "To wait longer."}


@pytest.fixture
def slug(house: House, people: People) -> str:
    """Of a module that the owner completed."""
    module, now = shipped_library().modules[0], utc_now()
    with house.database.write() as session:
        session.add(
            ModuleProgress(
                id=new_id(), person_id=people.owner.person_id, module=module.slug, edition=module.edition,
                read_at=now, completed_at=now, completed_edition=module.edition,
            )
        )  # fmt: skip
    return module.slug


def give(client: PageClient, slug: str) -> str:
    """The address of the certificate."""
    answer = client.post("/progress/certificates", data={"module": slug}, follow_redirects=False)
    assert answer.status_code == 303
    return answer.headers["location"]


def part(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def checked_claims(token: str, public: dict[str, Any]) -> dict[str, Any]:
    """Checked by hand with the key as it is published, not by the library that signed."""
    head, body, signature = token.split(".")
    numbers = RSAPublicNumbers(*(int.from_bytes(part(public[name])) for name in ("e", "n")))
    numbers.public_key().verify(part(signature), f"{head}.{body}".encode(), PKCS1v15(), SHA256())
    return dict(json.loads(part(body)))


def test_a_badge_can_be_checked_by_anybody(house: House, client: Client, people: People, slug: str) -> None:
    owner, nobody = client(people.owner), client(None)
    page = give(owner, slug)
    assert give(owner, slug) == page  # a second click gives no second one
    token = owner.get(f"{page}/badge.jwt").text
    head = json.loads(part(token.split(".")[0]))
    assert head["alg"] == "RS256"
    public = nobody.get(head["kid"].removeprefix(house.settings.site)).json()
    claims = checked_claims(token, public)
    assert claims["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert claims["credentialSubject"]["achievement"]["name"] == shipped_library().modules[0].head.title
    holder = claims["credentialSubject"]["identifier"][0]
    with house.database.read() as session:
        email = session.get_one(Person, people.owner.person_id).email
    assert holder["identityHash"] == "sha256$" + hashlib.sha256(f"{email}{holder['salt']}".encode()).hexdigest()
    assert people.owner.name not in json.dumps(claims)
    assert email not in json.dumps(claims)
    assert nobody.get(claims["iss"].removeprefix(house.settings.site)).json()["id"] == claims["iss"]
    picture = owner.get(f"{page}/badge.svg").text
    assert f'<openbadges:credential verify="{token}"/>' in picture


def test_a_certificate_is_checked_by_its_link_and_taken_back(
    house: House, client: Client, people: People, slug: str
) -> None:
    owner, nobody = client(people.owner), client(None)
    page = give(owner, slug)
    certificate_id = page.rpartition("/")[2]
    link = f"/certificates/{certificate_id}"
    shown = nobody.get(link).text
    assert "This certificate holds" in shown
    assert people.owner.name not in shown
    with house.database.read() as session:
        email = session.get_one(Person, people.owner.person_id).email
    assert "Yes: it belongs" in nobody.post(link, data={"email": email.upper()}).text
    assert "No: it does not belong" in nobody.post(link, data={"email": "cass.coach@example.org"}).text
    for who in (people.colleague, people.stranger):
        assert client(who).get(page).status_code == 404
        assert client(who).post(f"{page}/take-back").status_code == 404
    assert "taken back" in owner.post(f"{page}/take-back").text
    assert "was taken back" in nobody.get(link).text
    home = people.owner.organisation_id
    (revoked,) = nobody.get(f"/badges/issuers/{home}/revoked").json()["revokedCredentials"]
    assert revoked["id"].endswith(link)
    assert give(owner, slug) == page  # the same holds again
    assert nobody.get(f"/badges/issuers/{home}/revoked").json()["revokedCredentials"] == []


@on_sqlite
def test_nobody_tries_addresses_without_end(client: Client, people: People, slug: str) -> None:
    link = give(client(people.owner), slug).replace("/progress", "")
    nobody = client(None)
    answers = [nobody.post(link, data={"email": f"person{number}@example.org"}) for number in range(62)]
    assert {one.status_code for one in answers[:60]} == {200}
    assert answers[-1].status_code == 429


@on_sqlite
def test_only_a_completed_module_gives_one(client: Client, people: People, slug: str) -> None:
    other = next(one.slug for one in shipped_library().modules if one.slug != slug)
    assert client(people.owner).post("/progress/certificates", data={"module": other}).status_code == 404
    assert client(people.colleague).post("/progress/certificates", data={"module": slug}).status_code == 404


@pytest.mark.parametrize("name", ["give", "take back"])
def test_nothing_without_its_audit_row(
    house: House, client: Client, people: People, slug: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    owner = client(people.owner)
    page = give(owner, slug) if name == "take back" else ""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no audit")

    monkeypatch.setattr("training.progress.certificates.record_audit", broken)
    answer = owner.post(f"{page}/take-back" if page else "/progress/certificates", data={"module": slug})
    assert answer.status_code == 500
    with house.database.read() as session:
        kept = session.exec(select(Certificate)).all()
    assert [one.revoked_at for one in kept] == ([None] if page else [])


def test_the_record_is_written_changed_and_deleted(house: House, client: Client, people: People) -> None:
    owner = client(people.owner)
    assert "To wait longer." in owner.post("/progress/record", data=ENTRY).text
    with house.database.read() as session:
        row = session.exec(select(LearningEntry)).one()
        assert b"wait" not in row.sealed
    page = f"/progress/record/{row.id}"
    for who in (people.colleague, people.stranger):
        one = client(who)
        assert one.get(page).status_code == one.post(page, data=ENTRY).status_code == 404
        assert one.post(f"{page}/delete").status_code == 404
        assert "To wait longer." not in one.get("/progress/record").text
    assert "To wait longer." in owner.get(page).text
    changed = ENTRY | {"changed": "I count to five.", "peer": "a colleague"}
    assert "I count to five." in owner.post(page, data=changed).text
    assert "The entry is deleted." in owner.post(f"{page}/delete").text
    with house.database.read() as session:
        assert session.exec(select(LearningEntry)).all() == []


def test_the_sweep_of_keys_leaves_what_people_wrote(house: House, client: Client, people: People) -> None:
    owner = client(people.owner)
    owner.post("/progress/record", data=ENTRY)
    with house.database.write() as session:
        draft = ExerciseDraft(
            id=new_id(), person_id=people.owner.person_id, organisation_id=people.owner.organisation_id, exercise="one"
        )
        keep_words(session, draft, "You wait for the phone.")
        session.add(draft)
        draft_id = draft.id
    sweep_keys(house.database, older_than_hours=-1)
    assert "To wait longer." in owner.get("/progress/record").text
    with house.database.read() as session:
        assert words_kept(session, session.get_one(ExerciseDraft, draft_id)) == "You wait for the phone."


def test_the_sweep_of_keys_leaves_what_signs_badges(house: House, client: Client, people: People, slug: str) -> None:
    owner = client(people.owner)
    badge = f"{give(owner, slug)}/badge.jwt"
    before = owner.get(badge).text
    sweep_keys(house.database, older_than_hours=-1)
    assert owner.get(badge).text == before


def test_a_leavers_record_goes_after_half_a_year(house: House, client: Client, people: People) -> None:
    client(people.owner).post("/progress/record", data=ENTRY)
    with house.database.write() as session:
        assert forget_records_of_leavers(session, before=utc_now()) == 0
        session.get_one(Person, people.owner.person_id).left_at = utc_now() - timedelta(days=200)
        assert forget_records_of_leavers(session, before=utc_now() - RECORDS_AFTER_LEAVING) == 1
        assert session.exec(select(LearningEntry)).all() == []
        assert session.get(SessionKey, record_key(people.owner.person_id)) is None


@on_sqlite
@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"what": ""}, "Say in a few words what it was."),
        ({"learned": " "}, "Write what you took from it"),
        ({"on": "2999-01-01"}, "today or before"),
        ({"on": "soon"}, "today or before"),
        ({"minutes": "an hour"}, "from 1 to 6000"),
        ({"minutes": "9" * 5000}, "from 1 to 6000"),
        ({"learned": "x" * 3001}, "under 3000 letters"),
    ],
)
def test_a_wrong_entry_is_said_and_nothing_is_lost(
    client: Client, people: People, wrong: dict[str, str], says: str
) -> None:
    answer = client(people.owner).post("/progress/record", data=ENTRY | wrong)
    assert answer.status_code == 422
    assert says in answer.text
    assert "A talk with Sam" in answer.text or "what" in wrong


@on_sqlite
def test_the_record_is_made_a_pdf_for_its_owner(
    house: House, client: Client, people: People, worker: Worker, slug: str
) -> None:
    owner = client(people.owner)
    give(owner, slug)
    owner.post("/progress/record", data=ENTRY)
    assert owner.get("/progress/record/paper.pdf").status_code == 404
    asked = owner.post("/progress/record/paper", data={"since": "2026-01-01", "until": utc_now().date().isoformat()})
    assert "is being made" in asked.text
    work_off(worker)
    assert "Download the PDF" in owner.get("/progress/record").text
    pdf = owner.get("/progress/record/paper.pdf")
    assert pdf.content.startswith(b"%PDF")
    assert client(people.colleague).get("/progress/record/paper.pdf").status_code == 404
    with house.database.read() as session:
        paper = session.exec(select(LearningPaper).where(col(LearningPaper.person_id) == people.owner.person_id)).one()
        assert b"%PDF" not in (paper.sealed or b"")
    wrong = owner.post("/progress/record/paper", data={"since": "2026-03-01", "until": "2026-02-01"})
    assert (wrong.status_code, "the first one not after the last" in wrong.text) == (422, True)


def test_a_pdf_whose_week_is_over_is_asked_for_anew_and_goes_at_night(
    house: House, client: Client, people: People
) -> None:
    owner, period = client(people.owner), {"since": "2026-01-01", "until": "2026-02-01"}
    owner.post("/progress/record", data=ENTRY)
    owner.post("/progress/record/paper", data=period)
    with house.database.write() as session:
        old = session.exec(select(LearningPaper)).one()
        old.sealed, old.made_at = b"a PDF", utc_now() - PAPER_KEPT
        session.add(old)
        old_id = old.id
    assert "is being made" in owner.post("/progress/record/paper", data=period).text
    with house.database.write() as session:
        new = session.exec(select(LearningPaper)).one()
        assert new.id != old_id
        new.made_at = utc_now() - PAPER_KEPT + timedelta(minutes=5)
        session.add(new)
        session.flush()
        end_old_papers(session)
        assert len(session.exec(select(LearningPaper)).all()) == 1
        new.made_at = utc_now() - PAPER_KEPT
        session.add(new)
        session.flush()
        end_old_papers(session)
        assert session.exec(select(LearningPaper)).all() == []


def test_the_page_shows_ones_own_sessions_only(
    house: House, owner: PageClient, client: Client, people: People, worker: Worker, slug: str
) -> None:
    work_off(worker)
    page = owner.get("/progress").text
    with house.database.read() as session:
        (point,) = points_of(session, people.owner.person_id)
    assert f'href="/sessions/{point.session_id}"' in page
    assert "No coach has checked the codes yet" in page
    assert "Get the certificate" in page
    assert "Three sessions that the machine alone coded before and three since are needed to compare" in page
    assert (point.drawn, ", drawn</th>" in page) == (False, False)
    with house.database.write() as session:
        session.get_one(PracticeSession, point.session_id).picked = Picked.DRAWN
    with house.database.read() as session:
        assert [one.drawn for one in points_of(session, people.owner.person_id)] == [True]
    assert ", drawn</th>" in owner.get("/progress").text
    other = client(people.colleague).get("/progress?kind=role_play").text
    assert "There is nothing to show yet." in other
    assert re.search(r"None yet\. A module is completed", other)


def test_one_page_says_how_one_is_doing(client: Client, bench: Bench, people: People) -> None:
    """What the coach wrote stands there once it was read on its own page: until then its writer may change it."""
    assert "data-said" not in client(people.teammate).get("/progress").text
    review_id = bench.begin()
    with bench.house.database.write() as session:
        practice = session.get_one(PracticeSession, bench.practice_id)
        sign_off_review(session, review=session.get_one(Review, review_id), expected=0, by=bench.coach)
        words = FeedbackWords((Point("You stayed <with> her."), Point("You waited.")), Point("Go deeper."))
        save_feedback(session, practice=practice, words=words, send=True, by=bench.coach)
    owner, path = client(people.owner), f"/sessions/{bench.practice_id}"
    page = owner.get("/progress").text
    assert "Read it: you have not yet" in page
    assert "You waited." not in page
    owner.get(f"{path}/feedback")
    page = owner.get("/progress").text
    assert "Done well: You stayed &lt;with&gt; her." in page
    assert "Done well: You waited." in page
    assert "Go deeper." in page
    assert f'href="{path}/feedback"' in page
    assert "1 of 3 to 4 sessions with a coach’s feedback" in page
    assert f'href="{path}"' in page
    assert "signed off by a coach" in page
    for other in (people.teammate, bench.coach):
        assert "You waited." not in client(other).get("/progress").text
