"""A site with one long conversation to review, coded by a machine that is wrong where it is told to be; its server is
a process of its own, which can be killed and started again."""

import os
import random
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

import httpx

from benchmarks.running import wait_until
from coding.actions import add_transcript_session
from coding.check_names import finish_check
from coding.coder.result import CodeEstimate, UtteranceToCode
from coding.context import Workshop
from coding.corpus.load import load_corpus
from coding.details import SessionDetails
from coding.review.draft import subtypes_of
from coding.scheme.codes import Behaviour, ClientTalk, Code, Speaker, Subtype
from coding.transcript.parsed import ParsedTranscript, ParsedTurn
from coding.transcript.utterances import split_turn
from models.browser_sign_in import start_sign_in
from models.columns import utc_now
from models.migrations import upgrade
from models.organisation import Team
from models.person import Person, Role, RoleGrant, TeamMembership
from models.practice import PracticeSession, SessionKind
from models.settings import Settings
from models.sign_in import actor_of, make_organisation
from web.worker import Worker

WRONG_SHARE = 0.15


@dataclass(frozen=True)
class Said:
    """One line with the code that people gave it."""

    speaker: Speaker
    text: str
    code: Code
    subtype: Subtype | None


def conversation(lines: int) -> list[Said]:
    """Authored conversations one after the other, so many lines of them."""
    said = [
        Said(u.speaker, u.text, u.code, u.subtype if u.subtype in subtypes_of(u.code) else None)
        for talk in load_corpus()
        for u in talk.utterances
        if u.code is not None
    ]
    return said[:lines]


@dataclass
class FlawedCoder:
    """Gives the codes that people gave but for a share of the lines, always the same. It is unsure of six in ten of
    its mistakes, and of one in ten of the rest."""

    truth: Sequence[Said]
    version: str = "flawed-1"
    wrong: dict[int, Code] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dice = random.Random(15)
        for place in self.dice.sample(range(len(self.truth)), round(WRONG_SHARE * len(self.truth))):
            said = self.truth[place]
            codes: list[Code] = list(Behaviour if said.speaker is Speaker.PRACTITIONER else ClientTalk)
            self.wrong[place] = self.dice.choice([one for one in codes if one is not said.code])

    def parse(self, turn: str, speaker: Speaker) -> list[str]:
        return split_turn(turn, speaker)

    def code(self, conversation: Sequence[UtteranceToCode], *, change_goal: str = "") -> list[CodeEstimate]:
        return [self._estimate(place, said) for place, said in enumerate(conversation)]

    def _estimate(self, place: int, said: UtteranceToCode) -> CodeEstimate:
        truth = self.truth[place]
        code = self.wrong.get(place, truth.code)
        unsure = self.dice.random() < (0.6 if place in self.wrong else 0.1)
        confidence = self.dice.uniform(0.4, 0.6) if unsure else self.dice.uniform(0.7, 0.99)
        codes: list[Code] = list(Behaviour if said.speaker is Speaker.PRACTITIONER else ClientTalk)
        rest = (1 - confidence) / (len(codes) - 1)
        subtype = truth.subtype if code is truth.code else next(iter(subtypes_of(code)), None)
        return CodeEstimate(
            code, subtype, confidence, unsure, {one: confidence if one is code else rest for one in codes}, "Scripted."
        )  # fmt: skip


@dataclass
class BenchSite:
    """`cookie` signs the coach in."""

    address: str
    cookie: str
    practice_id: UUID
    truth: Sequence[Said]
    settings: Settings
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """The port stays the same, so that a page that is open finds it again."""
        port = self.address.rpartition(":")[2]
        ours = {"EVOKE_DATA_DIR": str(self.settings.data_dir), "EVOKE_PORT": port, "EVOKE_DATABASE_URL": ""}
        command = [sys.executable, "-c", "from web.website import run_web; run_web(parent=None)"]
        self.process = subprocess.Popen(command, env=os.environ | ours)
        wait_until(lambda: httpx.get(f"{self.address}/health", trust_env=False).status_code == 200, 120)

    def kill(self) -> None:
        """As a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@contextmanager
def bench_site(data_dir: Path, *, lines: int) -> Iterator[BenchSite]:
    settings = Settings(_env_file=None, data_dir=data_dir, database_url="", whisper_device="cpu")  # type: ignore[call-arg]
    truth = conversation(lines)
    data_dir.mkdir(exist_ok=True)
    worker = Worker(settings, "bench")
    upgrade(worker.database)
    practice_id, cookie = _filled(worker, truth)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    site = BenchSite(address, cookie, practice_id, truth, settings)
    try:
        site.start()
        yield site
    finally:
        site.kill()
        worker.close()


def _filled(worker: Worker, truth: Sequence[Said]) -> tuple[UUID, str]:
    """One authority with a trainee and a coach, and the trainee's session, coded and with its names checked."""
    with worker.database.write() as session:
        home = make_organisation(session, name="Ferndale Council")
        team = Team(organisation_id=home.id, name="Family Safeguarding North")
        people = [
            Person(organisation_id=home.id, name=name, email=f"{name}@example.org", password_hash="")
            for name in ("olu", "cass")
        ]
        session.add_all([team, *people])
        session.flush()
        for person, role in zip(people, (Role.TRAINEE, Role.COACH), strict=True):
            session.add(TeamMembership(person_id=person.id, team_id=team.id, started_on=utc_now().date()))
            session.add(RoleGrant(person_id=person.id, role=role, team_id=team.id))
        session.flush()
        olu = actor_of(session, people[0])
        details = SessionDetails(
            practitioner_id=olu.person_id, kind=SessionKind.ROLE_PLAY, held_on=utc_now().date(),
            agreement_confirmed=True, title="Twenty minutes", change_goal="drink less",
        )  # fmt: skip
        parsed = ParsedTranscript("1", turns_of(truth), utterances_given=True)
        practice_id = add_transcript_session(session, details=details, parsed=parsed, name="", by=olu).id
        cookie = start_sign_in(session, people[1], settings=worker.settings)
    with patch.object(Workshop, "coder", FlawedCoder(truth)):
        while worker.run_one():
            pass
    with worker.database.write() as session:
        practice = session.get_one(PracticeSession, practice_id)
        finish_check(session, practice=practice, no_names=(), more=(), bleep=False, by=olu)
    return practice_id, cookie


def turns_of(truth: Sequence[Said]) -> tuple[ParsedTurn, ...]:
    """Timed at three words a second, as in a recording of that length."""
    turns, at = [], 0.0
    for number, (speaker, run) in enumerate(groupby(truth, key=lambda said: said.speaker)):
        texts = tuple(said.text for said in run)
        ends = at + sum(len(text.split()) for text in texts) / 3
        turns.append(ParsedTurn(str(number), speaker.value, texts, role=speaker, start=at, end=ends))
        at = ends
    return tuple(turns)
