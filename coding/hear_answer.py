"""The job that writes down a spoken answer, in the same process that hears recordings."""

from uuid import UUID

from sqlmodel import Session

from coding.context import JobContext
from coding.speech.errors import (
    NoSpeechFound,
    RecordingError,
    RecordingTooLong,
    SpeechModelMissing,
    TemporaryFolderFull,
)
from coding.spoken_answers import LIMIT_MINUTES, LONGEST, keep_heard, keep_not_heard
from coding.transcript.parsed import ParsedTranscript
from models.errors import EvokeError
from models.spoken_answer import SpokenAnswer, SpokenState

ASK_OTHERS = "Type your answer, and tell your administrator."
PROBLEMS: dict[type[RecordingError], str] = {
    NoSpeechFound: "No words were heard. Check that the right microphone is on, then say it again, or type it.",
    RecordingTooLong: f"That was longer than {LONGEST} seconds. Say it shorter, or type it.",
    SpeechModelMissing: f"Speech cannot be written down here just now: Evoke’s speech model is missing. {ASK_OTHERS}",
    TemporaryFolderFull: f"Speech cannot be written down here just now: Evoke’s temporary folder is full. {ASK_OTHERS}",
}
UNREADABLE = "What came from the microphone could not be read. Say it again, or type it."
GAVE_UP = f"Something went wrong on our side, several times in a row. {ASK_OTHERS}"


def hear_answer(context: JobContext, *, spoken_id: str) -> None:
    """The sound goes as soon as it is heard, whatever came of it. What was forgotten meanwhile is not heard."""
    workshop = context.workshop
    with context.write() as session:
        spoken = session.get(SpokenAnswer, UUID(spoken_id))
        if spoken is None or spoken.state is not SpokenState.WAITING:
            context.finish(session)
            return
    heard: ParsedTranscript | None = None
    problem = ""
    try:
        heard = _hear(context, spoken_id)
    except RecordingError as error:
        problem = PROBLEMS.get(type(error), UNREADABLE)
    with context.write() as session:
        kept = session.get(SpokenAnswer, UUID(spoken_id), with_for_update=True)
        if kept is not None and heard is not None:
            keep_heard(session, kept, heard)
        elif kept is not None:
            keep_not_heard(session, kept, problem)
        context.finish(session)
    workshop.storage.delete_or_leave(spoken.place)  # or a sweep does


def _hear(context: JobContext, spoken_id: str) -> ParsedTranscript:
    """Raises RecordingError, HearingEnded, HearingFailed."""
    hearing = context.workshop.hearing
    hearing.load(check=context.check)
    return hearing.hear(
        opener="models.spoken_sound.open_spoken_for_child", args=[spoken_id], transcript_id=spoken_id,
        turns=None, done=(), options={"speakers": 1, "limit_minutes": LIMIT_MINUTES},
        on_turns=lambda turns: None, on_progress=lambda share: None, on_clip=lambda clip: None, check=context.check,
    )  # fmt: skip


def hearing_stopped(session: Session, error: EvokeError, /, *, spoken_id: str) -> None:
    """After several faults; the sound goes with the row."""
    spoken = session.get(SpokenAnswer, UUID(spoken_id))
    if spoken is not None and spoken.state is SpokenState.WAITING:
        keep_not_heard(session, spoken, GAVE_UP)
