"""Why a recording cannot be used, and what to do about it."""

import math
from typing import ClassVar

from models.errors import EvokeError
from models.files_errors import FILES_ERRORS, FilesError

Fact = str | float


class RecordingError(EvokeError):
    """Any reason why a file does not become sound and words.

    `facts` are the constructor's arguments, so that an error can travel from a child process as JSON.
    """

    by_code: ClassVar[dict[str, type["RecordingError"]]] = {}

    def __init_subclass__(cls) -> None:
        RecordingError.by_code[cls.code] = cls

    def __init__(self, message: str, **facts: Fact) -> None:
        super().__init__(message)
        self.facts = facts


def error_from(code: str, facts: dict[str, Fact]) -> RecordingError | FilesError:
    """The error a child process reported. Raises KeyError or TypeError for one that this version does not know."""
    if code in FILES_ERRORS:
        return FILES_ERRORS[code]()
    return RecordingError.by_code[code](**facts)  # type: ignore[arg-type]


class EmptyRecording(RecordingError):
    code = "empty_recording"

    def __init__(self) -> None:
        super().__init__("The file is empty. Copy or export the recording again and add the new file.")


class NotARecording(RecordingError):
    code = "not_a_recording"

    def __init__(self) -> None:
        super().__init__(
            "The file is not a recording that Evoke can read, whatever its name says. Add audio or video such as "
            "MP3, M4A, WAV, MP4 or WebM; a written conversation is added as a transcript."
        )


class DictationFormat(RecordingError):
    code = "dictation_format"

    def __init__(self) -> None:
        super().__init__(
            "The file comes from a dictaphone, in a form that only its maker's program reads. Open it there, export it "
            "as WAV or MP3, and add the new file."
        )


class NoSoundInVideo(RecordingError):
    code = "no_sound_in_video"

    def __init__(self) -> None:
        super().__init__("The video has no sound. Export it again with its audio track, or add the audio file.")


class NoSound(RecordingError):
    code = "no_sound"

    def __init__(self) -> None:
        super().__init__("The recording holds 0 seconds of sound. Check that it plays, and add the complete file.")


class RecordingCutShort(RecordingError):
    code = "recording_cut_short"

    def __init__(self) -> None:
        super().__init__(
            "The recording was cut short before it was finished, and nothing in it can be played. "
            "Export or copy it again from the device and add the new file."
        )


class RecordingTooLong(RecordingError):
    """`minutes` that are not above the limit are as far as was looked: how long it is nobody knows then."""

    code = "recording_too_long"

    def __init__(self, minutes: float, limit: float) -> None:
        amount = f"{math.ceil(minutes)} minutes" if minutes > limit else f"more than {limit:g} minutes"
        super().__init__(
            f"The recording has {amount}; Evoke takes up to {limit:g}. "
            "Cut out the part to be looked at (20 minutes are enough to score) and add that.",
            minutes=minutes,
            limit=limit,
        )


class RecordingUnreadable(RecordingError):
    code = "recording_unreadable"

    def __init__(self) -> None:
        super().__init__(
            "The recording is so damaged that it could not be opened. Play it on the device that made it, export it "
            "again, for example as MP3 or WAV, and add the new file."
        )


class TemporaryFolderFull(RecordingError):
    """The recording is kept; it can be prepared once there is room."""

    status = 507
    code = "temporary_folder_full"

    def __init__(self) -> None:
        super().__init__(
            "Evoke's temporary folder is full or cannot be written to, so the recording could not be prepared; it is "
            "kept. Ask your administrator to make room there (an hour of talk needs up to 230 MB), then try again."
        )


class NoSpeechFound(RecordingError):
    code = "no_speech_found"

    def __init__(self, minutes: float) -> None:
        super().__init__(
            f"Evoke heard no words in the {minutes:.1f} minutes of this recording. Check that it plays with voices, "
            "or add a transcript instead.",
            minutes=minutes,
        )


class SpeechModelMissing(RecordingError):
    """The recording is kept; it can be transcribed once the model is there."""

    status = 503
    code = "speech_model_missing"

    def __init__(self, what: str, do: str) -> None:
        super().__init__(f"{what} {do} The recording is kept and can be transcribed then.", what=what, do=do)
