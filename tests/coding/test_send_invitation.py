"""The job that mails invitations: the same link however often it runs, and a reason where it cannot."""

import pytest
from sqlmodel import Session, select

from api.house import House
from models.invitation import Invitation
from models.people.inviting import invite, link_of
from models.people.joining import add_and_invite
from models.person import Person
from tests.conftest import People, work_off
from tests.models.test_mail import LetterBox
from web.worker import Worker

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


def joiner(session: Session, house: House, people: People) -> Person:
    return add_and_invite(
        session, organisation_id=people.owner.organisation_id, name="Nia New", email="nia@example.org",
        discipline=None, settings=house.settings, by=people.lead.person_id,
    )  # fmt: skip


def post(house: House, answer: str) -> LetterBox:
    """Runs what is due with a mail server that answers so."""
    box = LetterBox(answer)
    sending = {"smtp_host": "127.0.0.1", "smtp_port": box.port, "smtp_security": "none"}
    worker = Worker(house.settings.model_copy(update=sending), "post")
    assert work_off(worker) == 1
    worker.close()
    return box


def test_a_refused_mail_is_told_and_a_new_invitation_goes_out(house: House, people: People) -> None:
    with house.database.write() as session:
        person = joiner(session, house, people)
    post(house, "550 no such box")
    with house.database.write() as session:
        invitation = session.exec(select(Invitation)).one()
        assert "it said 550" in (invitation.problem or "")
        assert invitation.sent_at is None
        invite(session, person=session.get_one(Person, person.id), settings=house.settings, by=None)
    box = post(house, "250 fine")
    box.join(10)
    with house.database.read() as session:
        newest = next(one for one in session.exec(select(Invitation)) if one.is_open)
        assert newest.sent_at
        assert newest.problem is None
    assert link_of(newest, house.settings) in box.mail
    assert "Ferndale Council invites you" in box.mail


def test_a_withdrawn_invitation_is_not_mailed(house: House, people: People, worker: Worker) -> None:
    with house.database.write() as session:
        person = joiner(session, house, people)
        invite(session, person=person, settings=house.settings, by=people.lead.person_id)
    assert work_off(worker) == 2
    (file,) = (house.settings.data_dir / "mail").iterdir()
    assert "Lee Lead of Ferndale Council invites you" in file.read_text()
