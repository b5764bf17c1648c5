"""The worked dialogue of a module: from its lines to turns, each utterance with its code. Pure.

Parent: I can't see what you want from me.
You: You've had enough of people telling you. [CR] What would help? [Q open]
> The reflection comes first, so the question is not one more demand.
"""

import re
from dataclasses import dataclass, field

from coding.scheme.codes import Behaviour, ClientTalk, Code, QuestionType, Speaker, Subtype, TalkKind

_TURN = re.compile(r"^([A-Z][\w’'-]*(?: [\w’'-]+){0,2}):\s+(.+)$")
_CODE = re.compile(r"\s*\[([A-Za-z]+)(?: ([a-z_]+))?\]\s*")
YOU = "You"


@dataclass(frozen=True)
class Utterance:
    """`code` is None where the line says none."""

    text: str
    code: Code | None = None
    subtype: Subtype | None = None


@dataclass
class Turn:
    """`who` as the line has it; whoever is not "You" is the other person. `comments` are read after the turn."""

    who: str
    utterances: list[Utterance]
    comments: list[str] = field(default_factory=list)

    @property
    def speaker(self) -> Speaker:
        return Speaker.PRACTITIONER if self.who == YOU else Speaker.CLIENT


@dataclass(frozen=True)
class Dialogue:
    """`faults` are 1-based line numbers of the block, each with what is wrong there."""

    turns: tuple[Turn, ...]
    faults: tuple[tuple[int, str], ...]


def parse_dialogue(text: str) -> Dialogue:
    """A line that cannot be read is left out and named among the faults."""
    turns: list[Turn] = []
    faults: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if line.startswith(">"):
            if turns:
                turns[-1].comments.append(line[1:].strip())
            else:
                faults.append((number, "A comment has no turn before it. Put it below the turn it is about."))
        elif match := _TURN.match(line):
            turn = Turn(match[1], [])
            turn.utterances, wrong = _utterances(turn.speaker, match[2])
            turns.append(turn)
            faults += [(number, one) for one in wrong]
        elif line:
            faults.append((number, "Begin the line with “Parent: ”, “You: ” or “> ” for a comment."))
    return Dialogue(tuple(turns), tuple(faults))


def _utterances(speaker: Speaker, said: str) -> tuple[list[Utterance], list[str]]:
    pieces = _CODE.split(said)  # text, code, subtype, text, code, subtype, …, text
    found: list[Utterance] = []
    wrong: list[str] = []
    for text, code, subtype in zip(pieces[0::3], pieces[1::3], pieces[2::3], strict=False):
        try:
            found.append(Utterance(text.strip(), *_code_of(speaker, code, subtype)))
        except ValueError:
            shown = f"[{code} {subtype}]" if subtype else f"[{code}]"
            wrong.append(f"{shown} is not a code of {'yours' if speaker is Speaker.PRACTITIONER else 'theirs'}. "
                         f"Use one of {', '.join(_codes_of(speaker))}.")  # fmt: skip
            found.append(Utterance(text.strip()))
    if pieces[-1].strip():
        found.append(Utterance(pieces[-1].strip()))
    if not all(one.text for one in found):
        wrong.append("A code stands without words before it. Write what was said, then its code.")
    return [one for one in found if one.text], wrong


def _codes_of(speaker: Speaker) -> list[str]:
    return [one.value for one in (Behaviour if speaker is Speaker.PRACTITIONER else ClientTalk)]


def _code_of(speaker: Speaker, code: str, subtype: str | None) -> tuple[Code, Subtype | None]:
    if speaker is Speaker.CLIENT:
        return ClientTalk(code), TalkKind(subtype) if subtype else None
    if subtype and code != Behaviour.Q:
        raise ValueError(code)
    return Behaviour(code), QuestionType(subtype) if subtype else None
