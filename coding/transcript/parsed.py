"""What an importer returns: one conversation as its speakers' turns, before any coding."""

from dataclasses import dataclass, field

from coding.scheme.codes import Speaker


@dataclass(frozen=True)
class DoubtfulText:
    """Characters `start` up to before `end` of a turn's text that a machine wrote down and does not trust; `reasons`
    are values of `coding.speech.heard.Flag`."""

    start: int
    end: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class ParsedTurn:
    """One speaker's turn.

    `utterances` holds the boundaries the file gave (one entry each) or a single entry, the whole turn, when it
    gave none. `turn` is the file's own number, kept for output; `utterance_numbers` likewise. Times are seconds.
    `times` say when each word was heard: its characters in the text, then seconds, start and end each.
    `columns` keeps a CSV's other cells, one mapping per utterance, so that a coded CSV can give them back.
    """

    turn: str
    speaker_label: str
    utterances: tuple[str, ...]
    utterance_numbers: tuple[str, ...] = ()
    role: Speaker | None = None
    start: float | None = None
    end: float | None = None
    columns: tuple[dict[str, str], ...] = ()
    doubts: tuple[DoubtfulText, ...] = ()
    times: tuple[tuple[int, int, float, float], ...] = ()

    @property
    def text(self) -> str:
        return " ".join(self.utterances)


@dataclass(frozen=True)
class ParsedTranscript:
    """`utterances_given` says whether the file drew the utterance boundaries itself (they are kept as they are).
    `notes` are plain-English remarks for the person who uploaded it, such as lines that could not be read.
    `doubtful_share` (0–1) is how much of the speech in a recording is doubtful; None for what no machine heard.
    """

    transcript_id: str
    turns: tuple[ParsedTurn, ...]
    utterances_given: bool = False
    notes: tuple[str, ...] = field(default=())
    doubtful_share: float | None = None
