"""Builds the session view from what is kept: what a person signed off last, else the newest transcript and coding."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from coding.about_session import about_for
from coding.bleeping import bleeping_of
from coding.check_names import is_to_check
from coding.coding_words import CodingWords, coding_words
from coding.kept_figures import counts_of
from coding.review.sign_off import signed_off
from coding.scheme.codes import Behaviour, ClientTalk, Code, QuestionType, Speaker, TalkKind
from coding.scheme.glossary import (
    CODES,
    GLOBALS,
    GLOBALS_SUGGESTED,
    SUBTYPES,
    show_range,
)
from coding.scheme.summary import GlobalRating, ScoreName
from coding.transcript.versions import latest_transcript, utterances_of, words_of
from coding.transcript.words import TranscriptWords, Turn, Utterance, speakers_in_order
from models.coding import CodeRow, Coding, Score, SuggestedGlobal, VolleyCount
from models.organisation import Team
from models.permissions import Actor
from models.person import Person
from models.practice import PracticeSession, Recording, SessionKind
from models.review import Review
from models.transcript import TranscriptVersion
from training.checked_view import build_checked_view
from training.doubtful_lines import doubts_of_lines
from training.kept_view import build_kept_view
from training.score_view import ScoreView, score_views
from training.session_lists import KIND_SHOWN, PICKED_SHOWN
from training.session_view import CountView, GlobalView, SessionView, TurnView, UtteranceView

_CODES: dict[str, Code] = {code.value: code for code in (*Behaviour, *ClientTalk)}
_CLIENT_CODES = frozenset(code.value for code in ClientTalk)
_SUBTYPES: dict[str, QuestionType | TalkKind] = {kind.value: kind for kind in (*QuestionType, *TalkKind)}
CANNOT_JUDGE = (
    "The four global ratings (cultivating change talk, softening sustain talk, partnership and empathy). At most it "
    "suggests a range from what it counted. A coach gives the rating.",
    "How things were said: tone, pauses and faces are not in the words.",
    "Whether what was said was right or safe for this family.",
)
NOT_SCORED = CodeRow(coding_id=UUID(int=0), utterance_id=0, code="")
"""Of a line outside the stretch that a person scored."""
NO_GOAL = (
    "Change talk, as well as it could: no change goal was given, so the machine does not know which change the words "
    "lean towards."
)
NOT_REAL = "Real practice needs more care than a role play. Read this together with your coach."


def latest_coding(session: Session, transcript_id: UUID) -> Coding | None:
    return session.exec(_LATEST_CODING, params={"id": transcript_id}).first()


_LATEST_CODING = (
    select(Coding)
    .where(col(Coding.transcript_id) == bindparam("id"))
    .order_by(col(Coding.created_at).desc(), col(Coding.id).desc())
    .limit(1)
)
_RECORDING = select(Recording).where(col(Recording.session_id) == bindparam("id"))
_SCORES = select(Score).where(col(Score.coding_id) == bindparam("id"))
_CODES_GIVEN: Any = select(  # type: ignore[call-overload]
    CodeRow.utterance_id, CodeRow.code, CodeRow.subtype, CodeRow.confidence, CodeRow.unsure, CodeRow.probabilities,
    CodeRow.volley,
).where(col(CodeRow.coding_id) == bindparam("id"))  # fmt: skip
_VOLLEY_COUNTS = select(VolleyCount.volley, VolleyCount.code).where(col(VolleyCount.coding_id) == bindparam("id"))
_SUGGESTED = select(SuggestedGlobal).where(col(SuggestedGlobal.coding_id) == bindparam("id"))


def build_session_view(session: Session, practice: PracticeSession, *, reader: Actor | None = None) -> SessionView:
    """For a session under way the parts that do not exist yet are empty. Without a `reader` its title and goal are as
    those see them who had no part in it. Raises WordsGone."""
    review = signed_off(session, practice.id)
    transcript, coding = shown_of(session, practice, review)
    checked, machine_codes = build_checked_view(session, review) if review else (None, {})
    about = about_for(session, practice, reader)
    for_others = about_for(session, practice, None).title
    said = words_of(session, transcript, times=False) if transcript else TranscriptWords(())
    judged = coding_words(session, coding) if coding else CodingWords(())
    recording = session.exec(_RECORDING, params={"id": practice.id}).first()
    team = session.get(Team, practice.team_id) if practice.team_id else None
    turns: tuple[TurnView, ...] = ()
    scores: tuple[ScoreView, ...] = ()
    counts: tuple[CountView, ...] = ()
    suggested: tuple[GlobalView, ...] = ()
    if transcript is not None and coding is not None:
        turns = _turns(session, transcript, said, coding, judged, machine_codes)
        scores = score_views(session.exec(_SCORES, params={"id": coding.id}).all())
        counts = _counts(session, coding, turns)
        suggested = _globals(session, coding, judged)
    kept = build_kept_view(session, practice, has_recording=recording is not None)
    outside = set(ScoreName.outside_miti())
    notes = [*(recording.notes if recording else ()), *said.notes]
    if practice.kind is SessionKind.REAL_PRACTICE:
        notes.append(NOT_REAL)
    return SessionView(
        id=practice.id,
        title=about.title or (_untitled(practice) if kept.words_went else ""),
        title_for_others=for_others if for_others != about.title else "",
        kind=practice.kind.value,
        kind_shown=KIND_SHOWN[practice.kind],
        picked=practice.picked.value,
        picked_shown=PICKED_SHOWN[practice.picked],
        stage=practice.stage.value,
        progress=practice.progress,
        problem_code=practice.problem_code or "",
        problem=practice.problem or "",
        practitioner=session.get_one(Person, practice.practitioner_id).name,
        team=team.name if team else "",
        change_goal=about.change_goal,
        held_on=practice.held_on,
        created_at=practice.created_at,
        has_recording=recording is not None and not kept.recording_went,
        coded_by=coding.coded_by.value if coding else "",
        model_version=(coding.model_version or "") if coding else "",
        practitioner_labels=judged.practitioner_labels,
        practitioner_confidence=coding.practitioner_confidence if coding else None,
        speaker_labels=tuple(speakers_in_order(said.turns)),
        turns=turns,
        scores=tuple(s for s in scores if s.name not in outside),
        extras=tuple(s for s in scores if s.name in outside),
        counts=counts,
        globals=suggested,
        unsure_count=sum(u.unsure for turn in turns for u in turn.utterances),
        cannot_judge=CANNOT_JUDGE if about.change_goal or kept.words_went else (*CANNOT_JUDGE, NO_GOAL),
        notes=tuple(notes),
        doubtful_share=transcript.doubtful_share if transcript else None,
        doubtful_count=sum(bool(u.doubts) for turn in turns for u in turn.utterances),
        replaced_count=sum(len(turn.replaced) for turn in said.turns),
        names_to_check=is_to_check(session, practice),
        bleeping="" if kept.recording_went else bleeping_of(session, practice).value,
        kept=kept,
        checked=checked,
    )


def shown_of(
    session: Session, practice: PracticeSession, review: Review | None
) -> tuple[TranscriptVersion | None, Coding | None]:
    """What a person signed off stays what is shown, however often a machine codes after it."""
    if review is not None:
        transcript = session.get_one(TranscriptVersion, review.made_transcript_id or review.transcript_id)
        return transcript, session.get_one(Coding, review.made_coding_id)
    newest = latest_transcript(session, practice.id)
    return newest, latest_coding(session, newest.id) if newest else None


def _untitled(practice: PracticeSession) -> str:
    return f"Session of {practice.held_on.day} {practice.held_on:%B %Y}"


def _turns(
    session: Session, transcript: TranscriptVersion, said: TranscriptWords, coding: Coding, judged: CodingWords,
    machine_codes: Mapping[int, str],
) -> tuple[TurnView, ...]:  # fmt: skip
    if not said.turns:
        return ()  # the codes of lines that are gone show nowhere
    codes = {c.utterance_id: c for c in session.exec(_CODES_GIVEN, params={"id": coding.id})}
    by_turn: dict[int, list[Utterance]] = {}
    for utterance in utterances_of(session, transcript.id):
        by_turn.setdefault(utterance.turn_position, []).append(utterance)
    return tuple(
        TurnView(
            position=turn.position,
            role=_role(turn.speaker_label, judged).value,
            speaker_label=turn.speaker_label,
            started=turn.started,
            ended=turn.ended,
            utterances=_lines(turn, by_turn.get(turn.position, []), codes, judged, machine_codes),
        )
        for turn in said.turns
    )


def _lines(
    turn: Turn, said: Sequence[Utterance], codes: Mapping[int, Any], judged: CodingWords,
    machine_codes: Mapping[int, str],
) -> tuple[UtteranceView, ...]:  # fmt: skip
    doubts = doubts_of_lines(turn.text, [one.text for one in said], turn.doubts)
    return tuple(
        _utterance(
            one, codes.get(one.id, NOT_SCORED), judged.reasons[one.sequence], why_doubtful,
            machine_codes.get(one.sequence, ""),
        )
        for one, why_doubtful in zip(said, doubts, strict=True)
    )  # fmt: skip


def _role(label: str, judged: CodingWords) -> Speaker:
    return Speaker.PRACTITIONER if label in judged.practitioner_labels else Speaker.CLIENT


def _subtype_shown(value: str | None) -> str:
    return SUBTYPES[_SUBTYPES[value]] if value else ""


def _utterance(
    utterance: Utterance, given: Any, reason: str, doubts: tuple[str, ...], machine_code: str
) -> UtteranceView:  # fmt: skip
    code, subtype, shares = given.code, given.subtype, given.probabilities or {}
    return UtteranceView(
        id=utterance.id,
        text=utterance.text,
        code=code,
        name=CODES[_CODES[code]].name if code else "Not scored",
        subtype=subtype or "",
        subtype_shown=_subtype_shown(subtype),
        confidence=given.confidence,
        unsure=given.unsure,
        reason=reason,
        volley=given.volley,
        probabilities=tuple(sorted(shares.items(), key=itemgetter(1), reverse=True)),
        doubts=doubts,
        machine_code=machine_code,
    )


def _counts(session: Session, coding: Coding, turns: tuple[TurnView, ...]) -> tuple[CountView, ...]:
    """A practitioner count is of volleys, and its utterances those of that code in them; a client count is of
    utterances. Counts stay when the lines are gone."""
    in_volley = {*session.exec(_VOLLEY_COUNTS, params={"id": coding.id})} if turns else set()
    totals = counts_of(session, coding)
    carrying: dict[str, list[int]] = {}
    for utterance in (u for turn in turns for u in turn.utterances):
        if utterance.code in _CLIENT_CODES or (utterance.volley, utterance.code) in in_volley:
            carrying.setdefault(utterance.code, []).append(utterance.id)
    return tuple(
        CountView(
            code=code.value,
            name=CODES[code].name,
            explanation=CODES[code].one_line,
            count=totals.get(code.value, 0),
            low=low,
            high=high,
            utterance_ids=tuple(carrying.get(code.value, ())),
        )
        for code in (*Behaviour.counted(), *ClientTalk)
        for low, high in [coding.count_interval(code.value)]
    )


def _globals(session: Session, coding: Coding, judged: CodingWords) -> tuple[GlobalView, ...]:
    kept = {row.name: row for row in session.exec(_SUGGESTED, params={"id": coding.id})}
    return tuple(
        global_view(rating, kept[rating], judged.global_reasons[rating.value])
        for rating in GlobalRating
        if rating in kept
    )


def global_view(rating: GlobalRating, kept: SuggestedGlobal, reason: str) -> GlobalView:
    return GlobalView(
        name=rating.value,
        title=GLOBALS[rating].name,
        explanation=GLOBALS[rating].one_line,
        low=kept.low,
        high=kept.high,
        shown=show_range(kept.low, kept.high),
        reason=reason,
        suggestion=GLOBALS_SUGGESTED,
        model_version=kept.model_version,
    )
