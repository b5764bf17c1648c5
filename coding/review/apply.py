"""Doing a step: a draft and a step in, the next draft out. Nothing else changes a draft, so that a replay is exact."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import reduce
from typing import Any

from coding.review.draft import RATINGS, Draft, DraftLine, read_subtype
from coding.review.steps import (
    Accept,
    ChooseSegment,
    EditWords,
    Join,
    Move,
    Pin,
    Rate,
    Recode,
    Split,
    Step,
    StepWrong,
    SwapRoles,
    Uncode,
    Unpin,
    WriteNote,
)  # fmt: skip
from coding.scheme.codes import Behaviour, Speaker, parse_code

MOST_WORDS = 4000
"""Characters of a line, and of a note."""
_OTHER = {Speaker.PRACTITIONER: Speaker.CLIENT, Speaker.CLIENT: Speaker.PRACTITIONER}


def apply(draft: Draft, step: Step) -> Draft:
    """Raises StepWrong."""
    return _DOES[type(step)](draft, step)


def replay(begun: Draft, steps: Iterable[Step]) -> Draft:
    """Raises StepWrong where a step does not follow from those before it."""
    return reduce(apply, steps, begun)


def _find(draft: Draft, key: str) -> tuple[int, DraftLine]:
    place = draft.place_of(key)
    if place is None:
        raise StepWrong(f"There is no line {key[:40]} any more. Load the page again to see the lines as they are.")
    return place, draft.lines[place]


def _recode(draft: Draft, step: Recode) -> Draft:
    place, line = _find(draft, step.key)
    try:
        code = parse_code(line.role, step.code)
        subtype = read_subtype(code, step.subtype)
    except ValueError:
        raise StepWrong(f"A line of the {line.role.value} cannot have this code. Choose one of theirs.") from None
    return draft.with_line(place, replace(line, code=code, subtype=subtype, accepted=True))


def _accept(draft: Draft, step: Accept) -> Draft:
    place, line = _find(draft, step.key)
    if line.code is None:
        raise StepWrong("This line has no code to accept. Give it one.")
    return draft.with_line(place, replace(line, accepted=True))


def _uncode(draft: Draft, step: Uncode) -> Draft:
    place, line = _find(draft, step.key)
    return draft.with_line(place, replace(line, code=None, subtype=None, accepted=False))


def _split(draft: Draft, step: Split) -> Draft:
    """Both parts keep the code, for a person to look at; the note stays with the first."""
    place, line = _find(draft, step.key)
    before, after = line.text[: max(step.at, 0)], line.text[max(step.at, 0) :]
    if not before.strip() or not after.strip() or not _between_words(before, after):
        raise StepWrong("Put the cut between two words of the line.")
    middle = None
    if line.started is not None and line.ended is not None:
        middle = line.started + (line.ended - line.started) * len(before) / len(line.text)
    first = replace(
        line, key=f"{line.key}.1", text=before.rstrip(), ended=middle, accepted=False, machine=None, joined=()
    )
    second = replace(
        line, key=f"{line.key}.2", text=after.lstrip(), started=middle, accepted=False, machine=None, joined=(), note=""
    )
    parted = replace(draft, lines=(*draft.lines[:place], first, second, *draft.lines[place + 1 :]))
    return _renamed(parted, line.key, first.key, last=second.key)


def _between_words(before: str, after: str) -> bool:
    """Not inside a word, nor inside a placeholder, [child 1]."""
    inside = before.rfind("[") > before.rfind("]") and "]" in after
    return not inside and not (before[-1].isalnum() and after[0].isalnum())


def _join(draft: Draft, step: Join) -> Draft:
    """It keeps the first line's code, and the second's where the first has none."""
    place, line = _find(draft, step.key)
    after = draft.lines[place + 1] if place + 1 < len(draft.lines) else None
    if after is None or after.speaker_label != line.speaker_label:
        raise StepWrong("The next line is not of the same speaker. Move it first, or join another.")
    if len(line.text) + len(after.text) >= MOST_WORDS:
        raise StepWrong(f"Together these lines are too long: a line has at most {MOST_WORDS:,} characters.")
    coded = line if line.code is not None else after
    joined = replace(
        line, text=f"{line.text} {after.text}", code=coded.code, subtype=coded.subtype,
        note="\n".join(filter(None, [line.note, after.note])), ended=after.ended, machine=None,
        accepted=line.accepted and after.accepted and line.code is after.code,
        joined=(*line.joined, after.key, *after.joined),
    )  # fmt: skip
    together = replace(draft, lines=(*draft.lines[:place], joined, *draft.lines[place + 2 :]))
    return _renamed(together, after.key, line.key)


def _renamed(draft: Draft, key: str, now: str, *, last: str | None = None) -> Draft:
    """Whatever named the line `key` names `now`; where a segment ends with it, `last`."""
    evidence = {
        name: tuple(dict.fromkeys(now if one == key else one for one in keys)) for name, keys in draft.evidence.items()
    }
    segment = draft.segment
    if segment is not None:
        segment = (now if segment[0] == key else segment[0], (last or now) if segment[1] == key else segment[1])
    return replace(draft, evidence=evidence, segment=segment)


def _move(draft: Draft, step: Move) -> Draft:
    place, line = _find(draft, step.key)
    if step.speaker_label not in draft.speakers:
        raise StepWrong("Move the line to one of the speakers of this conversation.")
    moved = replace(line, speaker_label=step.speaker_label)
    return draft.with_line(place, _in_role(moved, draft.speakers[step.speaker_label]))


def _swap_roles(draft: Draft, _: SwapRoles) -> Draft:
    """A line that was the machine's in its new role has the machine's code again; others are to be coded."""
    speakers = {label: _OTHER[role] for label, role in draft.speakers.items()}
    lines = tuple(_in_role(line, speakers[line.speaker_label]) for line in draft.lines)
    return replace(draft, speakers=speakers, lines=lines)


def _in_role(line: DraftLine, role: Speaker) -> DraftLine:
    if role is line.role:
        return line
    machine = line.machine
    theirs = machine is not None and isinstance(machine.code, Behaviour) is (role is Speaker.PRACTITIONER)
    code, subtype = (machine.code, machine.subtype) if machine is not None and theirs else (None, None)
    return replace(line, role=role, code=code, subtype=subtype, accepted=False)


def _edit_words(draft: Draft, step: EditWords) -> Draft:
    place, line = _find(draft, step.key)
    text = " ".join(_plain(step.text).split())
    if not text:
        raise StepWrong("A line cannot be empty. Where nothing was said, join it with the line beside it.")
    return draft.with_line(place, replace(line, text=_short(text)))


def _write_note(draft: Draft, step: WriteNote) -> Draft:
    place, line = _find(draft, step.key)
    return draft.with_line(place, replace(line, note=_short(_plain(step.text).strip())))


def _plain(text: str) -> str:
    return "".join(one for one in text if one in "\n\t" or one.isprintable())


def _short(text: str) -> str:
    if len(text) > MOST_WORDS:
        raise StepWrong(f"Shorten this to {MOST_WORDS:,} characters.")
    return text


def _pin(draft: Draft, step: Pin) -> Draft:
    _find(draft, step.key)
    _check_rating(draft, step.rating)
    keys = dict.fromkeys((*draft.evidence.get(step.rating, ()), step.key))
    return replace(draft, evidence=draft.evidence | {step.rating: tuple(keys)})


def _unpin(draft: Draft, step: Unpin) -> Draft:
    kept = {
        name: tuple(k for k in keys if (name, k) != (step.rating, step.key)) for name, keys in draft.evidence.items()
    }
    return replace(draft, evidence={name: keys for name, keys in kept.items() if keys})


def _rate(draft: Draft, step: Rate) -> Draft:
    _check_rating(draft, step.name)
    others = {name: value for name, value in draft.ratings.items() if name != step.name}
    if step.value is None:
        return replace(draft, ratings=others)
    if step.value not in range(1, 6):
        raise StepWrong("Rate in whole numbers from 1 to 5.")
    return replace(draft, ratings=others | {step.name: step.value})


def _check_rating(draft: Draft, name: str) -> None:
    if name not in RATINGS:
        raise StepWrong(f"Rate one of these: {', '.join(RATINGS)}.")
    if name in draft.skipped:
        raise StepWrong("This cannot be rated here: the session has no change goal, or it is too short.")


def _choose_segment(draft: Draft, step: ChooseSegment) -> Draft:
    if step.first is None and step.last is None:
        return replace(draft, segment=None)
    if step.first is None or step.last is None:
        raise StepWrong("Choose both the first and the last line of the stretch.")
    if _find(draft, step.first)[0] > _find(draft, step.last)[0]:
        raise StepWrong("The stretch ends before it begins. Choose a later last line.")
    return replace(draft, segment=(step.first, step.last))


_DOES: dict[type[Step], Callable[[Draft, Any], Draft]] = {
    Recode: _recode, Accept: _accept, Uncode: _uncode, Split: _split, Join: _join, Move: _move, SwapRoles: _swap_roles,
    EditWords: _edit_words, WriteNote: _write_note, Pin: _pin, Unpin: _unpin, Rate: _rate,
    ChooseSegment: _choose_segment,
}  # fmt: skip
