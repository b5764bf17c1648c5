"""While a new coder goes in, old and new workers stand side by side: a session is coded by one of them as a whole."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest
from sqlmodel import select

from api.house import House
from coding.coder.result import CodeEstimate, UtteranceToCode
from coding.context import Workshop
from models import queue
from models.coding import CodeRow, Coding
from models.practice import PracticeSession, Stage
from models.settings import Settings
from models.storage import Storage
from tests.coding.scripted_coder import ScriptedCoder
from tests.conftest import CONVERSATION, People
from tests.web.conftest import Client
from web.worker import Worker

OLD, NEW = 0.9, 0.7
"""How sure each coder is, by which its codes are told apart."""


@dataclass
class _Told(ScriptedCoder):
    """Calls `meanwhile`, once, before it answers."""

    meanwhile: Callable[[], object] = field(default=lambda: None)

    def code(self, conversation: Sequence[UtteranceToCode], *, change_goal: str = "") -> list[CodeEstimate]:
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        return super().code(conversation, change_goal=change_goal)


@dataclass
class _Workshop(Workshop):
    given: ScriptedCoder = field(default_factory=ScriptedCoder)

    @property
    def coder(self) -> ScriptedCoder:
        return self.given


def worker_with(settings: Settings, coder: ScriptedCoder) -> Worker:
    worker = Worker(settings, coder.version)
    worker.workshop = _Workshop(settings, worker.database, Storage(settings), coder)
    return worker


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_no_session_has_codes_of_two_coders(settings: Settings, house: House, people: People, client: Client) -> None:
    slow = _Told(OLD, "old-1")
    old, new = worker_with(settings, slow), worker_with(settings, ScriptedCoder(NEW, "new-2"))
    for name in "abcd":
        client(people.owner).post(
            "/api/v1/sessions",
            data={"agreement_confirmed": "yes"},
            files={"file": (f"{name}.txt", CONVERSATION.encode())},
        ).raise_for_status()

    def lost() -> None:
        """The old worker falls silent over a session, and the new one takes it up before the old one comes back."""
        assert queue.release_worker(house.database, "old-1") == 1
        while new.run_one():
            pass

    while old.run_one() and new.run_one():
        with house.database.read() as session:
            done = len(session.exec(select(Coding)).all())
        if done == 2:
            slow.meanwhile = lost
    for worker in (old, new):
        worker.close()
    by_version: Counter[str | None] = Counter()
    with house.database.read() as session:
        assert session.exec(select(PracticeSession.stage)).all() == [Stage.READY] * 4
        for coding in session.exec(select(Coding)).all():
            by_version[coding.model_version] += 1
            sure = session.exec(select(CodeRow.confidence).where(CodeRow.coding_id == coding.id)).all()
            assert set(sure) == {OLD if coding.model_version == "old-1" else NEW}
        assert len({coding.transcript_id for coding in session.exec(select(Coding)).all()}) == 4
    assert by_version == {"old-1": 1, "new-2": 3}, "the session that was lost is the new coder's as a whole"
