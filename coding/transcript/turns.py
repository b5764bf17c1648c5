"""From lines to turns, for the formats that do not number their turns."""

from collections.abc import Iterable
from dataclasses import dataclass

from coding.transcript.encoding import without_control_characters
from coding.transcript.parsed import ParsedTurn


@dataclass(frozen=True)
class Line:
    """Something said, in file order. `speaker` is None where the file leaves it to the line before. Seconds."""

    speaker: str | None
    text: str
    start: float | None = None
    end: float | None = None


def tidy(text: str) -> str:
    return " ".join(without_control_characters(text).split())


def same_label(label: str) -> str:
    """The form in which two spellings of one label are equal."""
    return " ".join(label.casefold().split())


def in_order(start: float | None, end: float | None) -> tuple[float | None, float | None]:
    """The times, without an end that lies before the start."""
    return start, None if start is not None and end is not None and end < start else end


def turns_of(lines: Iterable[Line]) -> tuple[ParsedTurn, ...]:
    """Turns numbered from 1: each line joins the turn before while the speaker stays the same. A label keeps the
    spelling of its first use; lines without words, and lines before the first speaker, are left out."""
    spelling: dict[str, str] = {}
    gathered: list[tuple[str, list[Line]]] = []
    for line in lines:
        label = None if line.speaker is None else tidy(line.speaker)
        if label:
            label = spelling.setdefault(same_label(label), label)
        elif gathered:
            label = gathered[-1][0]
        if not label:
            continue
        if not gathered or gathered[-1][0] != label:
            gathered.append((label, []))
        gathered[-1][1].append(line)
    spoken = [(label, said) for label, said in gathered if any(tidy(line.text) for line in said)]
    return tuple(_turn(number, label, said) for number, (label, said) in enumerate(_joined(spoken), start=1))


def _joined(gathered: list[tuple[str, list[Line]]]) -> list[tuple[str, list[Line]]]:
    """Neighbours of the same speaker become one once wordless turns between them are gone."""
    joined: list[tuple[str, list[Line]]] = []
    for label, said in gathered:
        if joined and joined[-1][0] == label:
            joined[-1][1].extend(said)
        else:
            joined.append((label, list(said)))
    return joined


def _turn(number: int, label: str, said: list[Line]) -> ParsedTurn:
    starts = [line.start for line in said if line.start is not None]
    ends = [line.end for line in said if line.end is not None]
    start, end = in_order(min(starts, default=None), max(ends, default=None))
    return ParsedTurn(
        turn=str(number),
        speaker_label=label,
        utterances=(" ".join(text for line in said if (text := tidy(line.text))),),
        start=start,
        end=end,
    )
