"""Errors that several routes have in common."""

from coding.details import SessionDetailsWrong
from coding.double.blind import CodedBlind
from coding.interchange.errors import (
    CodesBroken,
    CodesOfAnother,
    CodesWithoutWords,
    ElanBroken,
    NobodyPractises,
    NoCodes,
    NoTimes,
)
from coding.retention import WordsWent
from coding.speech import errors as speech
from coding.transcript import errors as transcript
from coding.waiting import TooManyWaiting
from models.files_errors import FilesFull, FilesUnreachable
from models.keys import OrganisationGone, WordsGone

BLIND = (CodedBlind,)
WORDS = (WordsGone, WordsWent)
TRANSCRIPT = (
    transcript.EmptyFile, transcript.FileTooLarge, transcript.NotATranscript, transcript.NotText,
    transcript.NoSpeakers, transcript.NoWords, transcript.OneSpeakerOnly, transcript.TooManySpeakers,
    transcript.TooManyConversations, transcript.TranscriptTooLong, transcript.CsvColumnsMissing, transcript.CsvBroken,
    transcript.CsvSpeakerUnknown, transcript.DocxUnsafe, transcript.DocxBroken, transcript.JsonBroken,
)  # fmt: skip
CODED = (CodesBroken, CodesOfAnother, CodesWithoutWords, ElanBroken, NobodyPractises, NoCodes, NoTimes)
FILES = (FilesUnreachable, FilesFull)
"""Of whatever keeps a file; who only reads one meets the first."""
RECORDING = (
    *FILES,
    speech.EmptyRecording, speech.NotARecording, speech.DictationFormat, speech.NoSoundInVideo, speech.NoSound,
    speech.RecordingCutShort, speech.RecordingTooLong, speech.RecordingUnreadable, speech.TemporaryFolderFull,
    (503, "speech_model_missing"), (422, "no_speech_found"),
)  # fmt: skip
MADE = (SessionDetailsWrong, OrganisationGone, TooManyWaiting)
"""Of whatever makes a session."""
UPLOAD = (
    *MADE, *RECORDING, (422, "upload_broken"), (422, "nothing_sent"), (422, "two_things_sent"),
)  # fmt: skip
