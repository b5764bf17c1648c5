"""Lines that say who speaks: "Worker: …", "[00:01:02] Anna: …", "Speaker 1 (00:12)" on a line of its own."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from coding.transcript.clock import CLOCK, seconds_of
from coding.transcript.roles import is_only_a_role, words_of
from coding.transcript.turns import Line, same_label

_BRACKETED_TIME = re.compile(rf"[\[(<{{]\s*({CLOCK})\s*(?:(?:-->|[-–]|to)\s*({CLOCK})\s*)?[\])>}}]\s*[-–:]?\s*")
_BARE_TIME = re.compile(rf"({CLOCK})\s*(?:(?:-->|–)\s*({CLOCK})\s*)?[-–]?\s+")
_LINE_NUMBER = re.compile(r"\d{1,4}[.)]?\s+(?=[^\W\d_])")
_LABEL = r"([^\W\d_][^:\t\n\[\]()<>]{0,59})"
_LABELLED = re.compile(rf"{_LABEL}(?:[\[(]([^\])\n]{{1,40}})[\])]\s*)?(?::(?!//)|\t)\s*(.*)", re.DOTALL)
_OWN_LINE = re.compile(rf"{_LABEL}\s{{1,9}}(?:[\[(]\s*)?({CLOCK})(?:\s?[AaPp]\.?[Mm]\.?)?(?:\s*[\])])?:?")
_NUMBERED_SPEAKER = re.compile(r"(?:speaker|participant|person|voice) ?[\w]{1,2}", re.IGNORECASE)
# Words before a colon that head a remark or open a sentence, and are nobody's name.
_NOBODY = words_of(
    "so well okay ok right yes no yeah but and then now look listen note notes because also first second "
    "third finally remember example eg ie time date day monday tuesday wednesday thursday friday saturday sunday topic "
    "title session transcript duration recording location place participants speakers attendees present subject "
    "context scenario background setting length file version summary goal aim page http https re"
)


@dataclass(frozen=True)
class RawLine:
    """One line of a file. `speaker` is filled where the format itself names the voice. Seconds."""

    text: str
    number: int
    speaker: str | None = None
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True)
class _Candidate:
    label: str | None
    text: str
    start: float | None
    end: float | None


def lines_of(raw: Iterable[RawLine]) -> tuple[list[Line], tuple[str, ...]]:
    """Who says each line, and notes on what was left out or doubtful.

    A line whose beginning could be a label is believed when the label is a role, looks like a name, or comes back;
    otherwise it carries on the line before.
    """
    rows = [(line, _candidate(line)) for line in raw if line.text.strip() or line.speaker]
    counts = Counter(same_label(found.label) for _, found in rows if found.label)
    voices = {same_label(line.speaker) for line, _ in rows if line.speaker is not None}
    spelled: dict[str, str] = {}
    for _, found in rows:
        if found.label:
            spelled.setdefault(same_label(found.label), found.label)
    believed = {label for label in counts if label in voices or _is_plausible(spelled[label], counts[label])}
    if len(believed) == 1:  # one speaker cannot be all: somebody in lower case may answer once
        believed |= {label for label in counts if " " not in label and label.strip(".,") not in _NOBODY}
    doubtful = _one_off_labels(believed - voices, counts, len(rows))
    believed -= doubtful
    lines: list[Line] = []
    before = 0
    joined: list[str] = []
    for line, found in rows:
        label = found.label if found.label and same_label(found.label) in believed else None
        if label is None and not lines:
            before += 1
        elif label is not None:
            lines.append(Line(label, found.text, found.start, found.end))
        elif found.label is not None and same_label(found.label) in doubtful:
            joined.append(f'line {line.number} ("{found.label}:")')
            lines.append(Line(None, line.text, line.start, line.end))
        else:
            text = found.text if found.label is None else line.text
            lines.append(Line(None, text, found.start, found.end))
    notes = []
    if before and lines:
        notes.append(f"{before} line(s) before the first speaker were left out.")
    if joined:
        shown = ", ".join(joined[:5]) + (", …" if len(joined) > 5 else "")
        notes.append(f"Read as part of the turn before, because no such speaker comes back: {shown}.")
    return lines, tuple(notes)


def _candidate(line: RawLine) -> _Candidate:
    if line.speaker is not None:
        return _Candidate(line.speaker, line.text, line.start, line.end)
    text = line.text.replace("**", "").replace("__", "").strip().lstrip("->–• ")
    start, end, rest, bare = line.start, line.end, text, False
    if time := _BRACKETED_TIME.match(text) or _BARE_TIME.match(text + " "):
        bare = time.re is _BARE_TIME
        start, rest = seconds_of(time.group(1)), text[time.end() :].strip()
        end = seconds_of(time.group(2)) if time.group(2) else end
    rest = rest[number.end() :] if (number := _LINE_NUMBER.match(rest)) else rest
    if own := _OWN_LINE.fullmatch(rest):
        return _Candidate(own.group(1).strip(" -–"), "", seconds_of(own.group(2)), None)
    if _NUMBERED_SPEAKER.fullmatch(rest) or (bare and is_only_a_role(rest)):
        return _Candidate(rest, "", start, end)
    if found := _LABELLED.match(rest):
        label, inside, said = found.group(1).strip(), found.group(2), found.group(3)
        if inside is not None and (at := seconds_of(inside)) is not None:
            start = at
        elif inside is not None:
            label = f"{label} ({inside.strip()})"
        if not (label[-1:].isdigit() and re.match(r"\d\d", found.string[found.start(3) :])):  # "we meet at 10:30"
            return _Candidate(label, said, start, end)
    if bare and rest:  # a sentence that begins with a time of day
        return _Candidate(None, line.text, line.start, line.end)
    return _Candidate(None, rest if time else line.text, start, end)


def _is_plausible(label: str, count: int) -> bool:
    words = label.split()
    if not words or len(words) > 6 or words[0].casefold().strip(".,") in _NOBODY:
        return False
    if is_only_a_role(label):
        return True
    if all(not word[0].isalpha() or word[0].isupper() for word in words) and not label.endswith((".", "?", "!", ",")):
        return True
    return (count >= 2 and len(words) == 1) or (count >= 3 and len(words) == 2)


def _one_off_labels(believed: set[str], counts: Counter[str], lines: int) -> set[str]:
    """Believed labels that come once among steady speakers, in a file where other lines run on unlabelled too."""
    steady = [label for label in believed if counts[label] >= 3]
    if len(steady) < 2 or sum(counts[label] for label in believed) >= 0.9 * lines:
        return set()
    once = {label for label in believed if counts[label] == 1}
    return {label for label in once if not is_only_a_role(label) and not _NUMBERED_SPEAKER.fullmatch(label)}
