"""The uploader's one look at what was replaced. Afterwards what the placeholders stand for is gone for good."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from coding.about_session import replace_more
from coding.coding_words import decided_labels, keep_decision
from coding.end_copies import end_copies_about
from coding.end_name_checks import forget_hotwords
from coding.forget_words import forget_version
from coding.hold import require_not_held
from coding.interchange.kept_import import lay_when_ready, replace_in_notes
from coding.retention import require_words
from coding.transcript.second_look import Looked, More, Stand, look_again, stands_of
from coding.transcript.versions import (
    add_utterances,
    keep_version,
    latest_transcript,
    utterances_by_turn,
    words_of,
)
from coding.transcript.words import TranscriptWords, Turn
from models.audit import record_audit
from models.errors import EvokeError
from models.name_check import NameCheck, Said, check_of, forget_names, said_of
from models.permissions import Actor, Permission
from models.practice import PracticeSession, Stage
from models.queue import enqueue
from models.session_permissions import require_session
from models.transcript import SpeakerDecision, TranscriptVersion


class NothingToCheck(EvokeError):
    status = 409
    code = "nothing_to_check"


class NothingToReplace(EvokeError):
    """Of `missing` and `already` (see `Looked`) at least one is not empty."""

    code = "words_not_there"

    def __init__(self, missing: Sequence[str], already: Sequence[tuple[str, str]] = ()) -> None:
        sentences = [f"“{words}” is replaced already, by {placeholder}. Take it out." for words, placeholder in already]
        if missing:
            quoted = " and ".join(f"“{one}”" for one in missing)
            sentences.insert(
                0, f"{quoted} cannot be found in the conversation. Write it as it stands there, or take it out."
            )
        super().__init__(" ".join(sentences))
        self.fields = {"more": self.message}


@dataclass(frozen=True)
class NamesToCheck:
    """A conversation whose names are not checked: `said` is what stands behind `Turn.replaced`, by turn."""

    check: NameCheck
    version: TranscriptVersion
    words: TranscriptWords
    said: Said
    utterances: tuple[tuple[str, ...], ...]

    @property
    def turns(self) -> tuple[Turn, ...]:
        return self.words.turns

    @property
    def stands(self) -> list[Stand]:
        return stands_of(self.turns, self.said)

    def again(self, *, no_names: Collection[int], more: Sequence[More]) -> Looked:
        return look_again(self.turns, self.said, self.utterances, no_names=no_names, more=more)


def is_to_check(session: Session, practice: PracticeSession) -> bool:
    check = check_of(session, practice.id)
    return check is not None and check.said is not None


def names_to_check(session: Session, practice: PracticeSession) -> NamesToCheck:
    """Raises NothingToCheck, WordsGone."""
    check = check_of(session, practice.id)
    version = latest_transcript(session, practice.id)
    if check is None or check.said is None or version is None or practice.stage is not Stage.READY:
        raise NothingToCheck("There are no names to check: that is done already, or the session is not ready yet.")
    words = words_of(session, version)
    utterances = utterances_by_turn(session, version, len(words.turns)) if version.utterances_given else ()
    return NamesToCheck(check, version, words, said_of(session, check), utterances)


def finish_check(
    session: Session, *, practice: PracticeSession, no_names: Collection[int], more: Sequence[More], bleep: bool,
    by: Actor,
) -> None:  # fmt: skip
    """Where words change, the conversation is a new version and coded again, and the words of those before go.

    Raises NothingToCheck, NothingToReplace, NotAllowed, WordsWent, UnderHold.
    """
    require_session(by, Permission.CHECK_NAMES, practice)
    require_words(session, practice)
    require_not_held(session, practice)
    found = names_to_check(session, practice)
    if no_names or more:
        looked = found.again(no_names=no_names, more=more)
        if looked.missing or looked.already:
            raise NothingToReplace(looked.missing, looked.already)
        replace_more(session, practice, _stand_ins(looked, more))
        replace_in_notes(session, practice.id, _stand_ins(looked, more))
        _code_anew(session, practice, found, looked)
    forget_names(session, found.check, by=by.person_id)
    end_copies_about(session, practice, by=by.person_id)  # they could hold what was replaced only now
    lay_when_ready(session, practice)
    recordings = forget_hotwords(session, practice)
    for recording in recordings:  # ready to be listened to when a review begins, and not with names that are to go
        job = "bleep_recording" if bleep else "make_listening_copy"
        enqueue(session, job, organisation_id=practice.organisation_id, recording_id=recording.id)
    record_audit(
        session, action="names_checked", subject=practice, organisation_id=practice.organisation_id, by=by.person_id,
        put_back=str(len(set(no_names))), added=str(len(more)), bleep="yes" if bleep and recordings else "no",
    )  # fmt: skip


def _stand_ins(looked: Looked, more: Sequence[More]) -> dict[str, str]:
    """By the words that were found besides, what stands for them now."""
    wanted = {" ".join(one.words.split()).casefold() for one in more}
    return {
        words: one.placeholder
        for turn, said in zip(looked.replacement.turns, looked.replacement.said, strict=True)
        for one, words in zip(turn.replaced, said, strict=True)
        if " ".join(words.split()).casefold() in wanted
    }


def _code_anew(session: Session, practice: PracticeSession, found: NamesToCheck, looked: Looked) -> None:
    last = found.version
    new = keep_version(session, last, TranscriptWords(
        looked.replacement.turns, found.words.practitioner_labels, found.words.notes
    ))  # fmt: skip
    if looked.replacement.utterances:
        add_utterances(session, new.id, list(looked.replacement.utterances))
    decisions = select(SpeakerDecision).where(col(SpeakerDecision.transcript_id) == last.id)
    decided = session.exec(decisions.order_by(col(SpeakerDecision.created_at).desc()).limit(1)).first()
    if decided is not None:
        again = SpeakerDecision(transcript_id=new.id, decided_by_id=decided.decided_by_id)
        keep_decision(session, again, list(decided_labels(session, decided)))
        session.add(again)
    earlier = select(TranscriptVersion).where(
        col(TranscriptVersion.session_id) == practice.id, col(TranscriptVersion.id) != new.id
    )
    for version in session.exec(earlier).all():
        forget_version(session, version)
    enqueue(session, "code_transcript", organisation_id=practice.organisation_id, transcript_id=new.id)
    practice.stage, practice.progress, practice.problem_code, practice.problem = Stage.QUEUED, 0, None, None
    session.add(practice)
    session.flush()
