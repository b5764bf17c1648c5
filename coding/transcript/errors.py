"""Why a transcript cannot be read, and what to do about it."""

from collections.abc import Sequence

from models.errors import EvokeError


class TranscriptError(EvokeError):
    """Any reason why a file did not become a transcript."""


class EmptyFile(TranscriptError):
    code = "empty_file"

    def __init__(self, name: str) -> None:
        super().__init__(f"The file {name} is empty. Export the transcript again and add the new file.")


class FileTooLarge(TranscriptError):
    status = 413
    code = "transcript_file_too_large"

    def __init__(self, name: str, megabytes: float, limit: float) -> None:
        super().__init__(
            f"The file {name} has {megabytes:.0f} MB; a transcript may have {limit:.0f} MB. "
            "Split it, or save it as plain text or CSV without pictures."
        )


class NotATranscript(TranscriptError):
    """`what` says what the file seems to be, `do` what the person can do instead."""

    code = "not_a_transcript"

    def __init__(self, name: str, what: str, do: str) -> None:
        super().__init__(f"The file {name} {what}. {do}")


class NotText(TranscriptError):
    code = "not_text"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The file {name} holds bytes that are not text, so it cannot be read as a transcript. "
            "Save the transcript as plain text (UTF-8), CSV, WebVTT, SRT, Word (.docx) or JSON and add that file."
        )


class NoSpeakers(TranscriptError):
    code = "no_speakers"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Evoke found no speakers in {name}. Start each turn with who speaks and a colon, "
            'for example "Worker: How was your week?", or use a CSV with the columns speaker and text.'
        )


class NoWords(TranscriptError):
    code = "no_words"

    def __init__(self, name: str) -> None:
        super().__init__(f"The file {name} holds no spoken words. Check that it is the finished transcript.")


class OneSpeakerOnly(TranscriptError):
    code = "one_speaker_only"

    def __init__(self, transcript_id: str, label: str) -> None:
        super().__init__(
            f'In {transcript_id} only one person speaks ("{label}"). A session needs the practitioner and at least '
            "one other person: check that each turn is marked with its own speaker."
        )


class TooManySpeakers(TranscriptError):
    code = "too_many_speakers"

    def __init__(self, transcript_id: str, labels: Sequence[str], limit: int) -> None:
        shown = ", ".join(f'"{label}"' for label in labels[:5])
        super().__init__(
            f"In {transcript_id} {len(labels)} different speakers are marked ({shown}, …); Evoke takes up to {limit}. "
            "Check that the same person is always named in the same way, or split the file into sessions."
        )


class TooManyConversations(TranscriptError):
    code = "too_many_conversations"

    def __init__(self, name: str, found: int, limit: int) -> None:
        super().__init__(
            f"The file {name} holds {found:,} conversations; Evoke takes up to {limit:,} at a time. Check that all "
            "rows of one conversation have the same transcript_id, or split the file."
        )


class TranscriptTooLong(TranscriptError):
    code = "transcript_too_long"

    def __init__(self, transcript_id: str, limit: int) -> None:
        super().__init__(
            f"{transcript_id} is longer than {limit:,} words, more than six hours of talk. "
            "Split it into single sessions and add each one."
        )


class CsvColumnsMissing(TranscriptError):
    code = "csv_columns_missing"

    def __init__(self, missing: Sequence[str], found: Sequence[str]) -> None:
        have = ", ".join(found[:20]) if found else "none"
        super().__init__(
            f"The table has no column called {' and none called '.join(missing)}. Columns found: {have}. "
            "Name the columns transcript_id, turn, utterance, speaker and text (transcript_id, turn and utterance "
            "may be left out)."
        )


class CsvBroken(TranscriptError):
    code = "csv_broken"

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"The table cannot be read at line {line}: {why}. Correct that line and add the file again.")


class CsvSpeakerUnknown(TranscriptError):
    code = "csv_speaker_unknown"

    def __init__(self, lines: Sequence[int]) -> None:
        shown = ", ".join(str(line) for line in lines[:8]) + (", …" if len(lines) > 8 else "")
        super().__init__(
            f"The table does not say who speaks in {len(lines)} row(s) (line {shown}). "
            'Fill in the speaker column there, for example with "practitioner" or "client".'
        )


class DocxUnsafe(TranscriptError):
    code = "docx_unsafe"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The Word file {name} unpacks to far more than a transcript can hold, so Evoke did not open it. "
            "Save the text as a new Word or plain-text file and add that."
        )


class DocxBroken(TranscriptError):
    code = "docx_broken"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            f"The Word file {name} cannot be opened: {why}. Open it in Word, save it again as .docx "
            "and add the new file."
        )


class JsonBroken(TranscriptError):
    code = "json_broken"

    def __init__(self, why: str, line: int | None = None) -> None:
        where = f" at line {line}" if line is not None else ""
        super().__init__(
            f"The JSON cannot be read{where}: {why}. Give a list of turns, each with speaker and text, "
            "or an object with sessions, turns or segments."
        )
