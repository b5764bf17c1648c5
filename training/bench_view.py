"""What the bench shows beside a draft: whose session it is, what the machine made of it, and what to rate by."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from coding.about_session import about_for
from coding.coding_words import coding_words
from coding.kept_figures import counts_of
from coding.review.draft import Draft
from coding.review.figures import figures_of
from coding.scheme.anchors import AUTHORITY_ANCHORS, GLOBAL_ANCHORS, Anchors
from coding.scheme.codes import Behaviour, ClientTalk, Code, QuestionType, Speaker, Subtype
from coding.scheme.glossary import CODES, GLOBALS, SCORES
from coding.scheme.summary import THRESHOLDS, ScoreName
from models.coding import Coding, Score, SuggestedGlobal
from models.permissions import Actor
from models.person import Person
from models.practice import PracticeSession
from models.review import Review
from training.build_session_view import global_view
from training.score_view import ScoreView, score_views

_PRACTITIONER: tuple[tuple[str, Behaviour, Subtype | None, str], ...] = (
    ("1", Behaviour.Q, QuestionType.OPEN, "Q open"),
    ("2", Behaviour.Q, QuestionType.CLOSED, "Q closed"),
    ("3", Behaviour.SR, None, "SR"),
    ("4", Behaviour.CR, None, "CR"),
    ("5", Behaviour.AF, None, "AF"),
    ("6", Behaviour.SEEK, None, "Seek"),
    ("7", Behaviour.EMPHASIZE, None, "Emphasize"),
    ("8", Behaviour.GI, None, "GI"),
    ("9", Behaviour.PWP, None, "PWP"),
    ("p", Behaviour.PERSUADE, None, "Persuade"),
    ("c", Behaviour.CONFRONT, None, "Confront"),
    ("0", Behaviour.NC, None, "NC"),
)
_CLIENT: tuple[tuple[str, ClientTalk, Subtype | None, str], ...] = (
    ("1", ClientTalk.CT, None, "CT"),
    ("2", ClientTalk.ST, None, "ST"),
    ("0", ClientTalk.FN, None, "FN"),
)


@dataclass(frozen=True)
class CodeKey:
    """One key, for lines of one role. `short` is what stands on the button."""

    key: str
    role: str
    code: str
    subtype: str
    short: str
    name: str
    explanation: str


@dataclass(frozen=True)
class BenchScore:
    """`machine` is None for what only a person gives. `lines` are fair and good, `none` says why there is no value
    where nothing is coded."""

    name: str
    title: str
    lines: tuple[float, float] | None
    none: str
    machine: ScoreView | None


@dataclass(frozen=True)
class BenchCount:
    """`machine` for people, with its likely range: "12 (9 to 14)"."""

    code: str
    name: str
    role: str
    machine: str


@dataclass(frozen=True)
class BenchRating:
    """`suggested` is the machine's range, "3 to 4", with its `reason`; empty where it suggests nothing."""

    name: str
    title: str
    explanation: str
    anchors: Anchors
    suggested: str
    reason: str


@dataclass(frozen=True)
class BenchView:
    """`authority` ratings stand beside the `globals`, and are never one number with them. In a `blind` review nothing
    is shown of the machine's figures."""

    session_id: UUID
    review_id: UUID
    title: str
    practitioner: str
    change_goal: str
    keys: tuple[CodeKey, ...]
    scores: tuple[BenchScore, ...]
    counts: tuple[BenchCount, ...]
    globals: tuple[BenchRating, ...]
    authority: tuple[BenchRating, ...]
    blind: bool = False


def build_bench_view(session: Session, practice: PracticeSession, review: Review, *, reader: Actor) -> BenchView:
    """Raises WordsGone."""
    about = about_for(session, practice, reader)
    coding = session.get_one(Coding, review.coding_id)
    return BenchView(
        session_id=practice.id,
        review_id=review.id,
        title=about.title,
        practitioner=session.get_one(Person, practice.practitioner_id).name,
        change_goal=about.change_goal,
        keys=code_keys(),
        scores=_scores(session, None if review.blind else coding),
        counts=_counts(session, None if review.blind else coding),
        globals=_globals(session, None if review.blind else coding),
        authority=tuple(
            BenchRating(one.value, one.value.replace("_", " ").capitalize(), "", anchors, "", "")
            for one, anchors in AUTHORITY_ANCHORS.items()
        ),
        blind=review.blind,
    )


def code_keys() -> tuple[CodeKey, ...]:
    practitioner = [_key(Speaker.PRACTITIONER, *one) for one in _PRACTITIONER]
    return (*practitioner, *(_key(Speaker.CLIENT, *one) for one in _CLIENT))


def _key(role: Speaker, key: str, code: Code, subtype: Subtype | None, short: str) -> CodeKey:
    told = CODES[code]
    name = f"{told.name}, {subtype.value}" if subtype else told.name
    return CodeKey(key, role.value, code.value, subtype.value if subtype else "", short, name, told.one_line)


def _scores(session: Session, coding: Coding | None) -> tuple[BenchScore, ...]:
    rows = session.exec(select(Score).where(col(Score.coding_id) == coding.id)).all() if coding else []
    kept = score_views(rows)
    machine = {one.name: one for one in kept}
    nothing = {one.name: one.note for one in figures_of(Draft(())).scores}
    return tuple(
        BenchScore(one.value, SCORES[one].name, THRESHOLDS.get(one), nothing[one], machine.get(one.value))
        for one in ScoreName
    )


def _counts(session: Session, coding: Coding | None) -> tuple[BenchCount, ...]:
    totals = counts_of(session, coding) if coding else {}
    return tuple(
        BenchCount(code.value, CODES[code].name, role.value, _with_range(totals.get(code.value, 0), coding, code))
        for role, codes in ((Speaker.PRACTITIONER, Behaviour.counted()), (Speaker.CLIENT, tuple(ClientTalk)))
        for code in codes
    )


def _with_range(count: int, coding: Coding | None, code: Code) -> str:
    if coding is None:
        return "–"
    low, high = coding.count_interval(code.value)
    return str(count) if low is None or low == high else f"{count} ({low} to {high})"


def _globals(session: Session, coding: Coding | None) -> tuple[BenchRating, ...]:
    if coding is None:
        return tuple(
            BenchRating(one.value, GLOBALS[one].name, GLOBALS[one].one_line, anchors, "", "")
            for one, anchors in GLOBAL_ANCHORS.items()
        )
    of_coding = select(SuggestedGlobal).where(col(SuggestedGlobal.coding_id) == coding.id)
    suggested = {row.name: row for row in session.exec(of_coding)}
    reasons = coding_words(session, coding).global_reasons
    found = []
    for one, anchors in GLOBAL_ANCHORS.items():
        shown, reason = "", "The machine suggested nothing for this session."
        if (row := suggested.get(one)) is not None:
            machine = global_view(one, row, reasons[one.value])
            shown, reason = machine.shown, machine.reason
        found.append(BenchRating(one.value, GLOBALS[one].name, GLOBALS[one].one_line, anchors, shown, reason))
    return tuple(found)
