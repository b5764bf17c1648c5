"""What other programs and older schemes call a code, and which of ours means the same.

Facts from the MITI 4.2.1 manual, MISC 2.5 and the configuration that CACTI ships with. A name that has no counterpart
is left to a person: it stays in the line's note, and the line has no code.
"""

import re
from dataclasses import dataclass

from coding.scheme.codes import Behaviour, ClientTalk, Code, QuestionType, Speaker, Subtype, TalkKind

_VALENCE = re.compile(r"(\+/-|\+|-|0)?(_m)?$")


@dataclass(frozen=True)
class Reading:
    """`less`: the file's name says more than ours, or something a little different, so it is worth keeping."""

    code: Code
    subtype: Subtype | None = None
    less: bool = False


def name_of(code: Code, subtype: Subtype | None = None) -> str:
    """One word or two that `read_code` reads back, such as "Q open"."""
    return f"{code.value} {subtype.value}" if subtype else code.value


def _own() -> dict[str, Reading]:
    codes: tuple[Code, ...] = (*Behaviour, *ClientTalk)
    found = {name_of(code): Reading(code) for code in codes}
    found |= {name_of(Behaviour.Q, kind): Reading(Behaviour.Q, kind) for kind in QuestionType}
    for talk in (ClientTalk.CT, ClientTalk.ST):
        found |= {name_of(talk, kind): Reading(talk, kind) for kind in TalkKind}
    return {name.casefold(): reading for name, reading in found.items()}


def _named(names: str, code: Code, subtype: Subtype | None = None, *, less: bool = False) -> dict[str, Reading]:
    return {name.strip(): Reading(code, subtype, less) for name in names.split(",")}


_OWN = _own()
_PRACTITIONER = (
    _named("question, qu", Behaviour.Q)
    | _named("open question, oq, quo", Behaviour.Q, QuestionType.OPEN)
    | _named("closed question, cq, quc", Behaviour.Q, QuestionType.CLOSED)
    | _named("simple reflection, rs", Behaviour.SR)
    | _named("complex reflection, rc", Behaviour.CR)
    | _named("giving information, information", Behaviour.GI)
    | _named("persuade with permission, persuade with, pp", Behaviour.PWP)
    | _named("persuasion, pe", Behaviour.PERSUADE)
    | _named("affirm, affirmation, affirmations", Behaviour.AF)
    | _named("seeking collaboration, seek collaboration, sc", Behaviour.SEEK)
    | _named(
        "emphasizing autonomy, emphasising autonomy, emphasize autonomy, emphasise autonomy, emphasise, ea",
        Behaviour.EMPHASIZE,
    )
    | _named("confrontation", Behaviour.CONFRONT)
    | _named("not coded, no code, none", Behaviour.NC)
    | _named("adp", Behaviour.PWP, less=True)
    | _named("adw", Behaviour.PERSUADE, less=True)
    | _named("ec", Behaviour.EMPHASIZE, less=True)
    | _named("co, wa", Behaviour.CONFRONT, less=True)
    | _named("fa, fi, st, su, structure, support, facilitate, filler", Behaviour.NC, less=True)
)
_CLIENT = (
    _named("change talk", ClientTalk.CT)
    | _named("sustain talk", ClientTalk.ST)
    | _named("follow/neutral, neutral, n", ClientTalk.FN)
    | _named("nc, not coded, no code, none", ClientTalk.FN, less=True)
)
_KINDS: dict[str, TalkKind | None] = {
    "d": TalkKind.DESIRE, "a": TalkKind.ABILITY, "r": TalkKind.REASON, "n": TalkKind.NEED, "c": TalkKind.COMMITMENT,
    "ac": TalkKind.ACTIVATION, "ts": TalkKind.TAKING_STEPS, "o": None, "rem": None,
}  # fmt: skip
_WITH_VALENCE = {
    "oq": Reading(Behaviour.Q, QuestionType.OPEN), "cq": Reading(Behaviour.Q, QuestionType.CLOSED),
    "sr": Reading(Behaviour.SR), "cr": Reading(Behaviour.CR),
}  # fmt: skip


def read_code(role: Speaker, name: str) -> Reading | None:
    """The code of ours that means the same, from what a file calls it; None where there is none."""
    wanted = " ".join(name.casefold().replace("_", " ").split())
    own = _OWN.get(wanted) or _OWN.get(name.strip().casefold())
    if own is not None and _is_of(role, own.code):
        return own
    if role is Speaker.PRACTITIONER:
        return _PRACTITIONER.get(wanted) or _practitioner_with_valence(name)
    return _CLIENT.get(wanted) or _client_with_valence(name)


def role_of(name: str) -> Speaker | None:
    """Whose code it is; None where both could have it, or nobody."""
    roles = [role for role in Speaker if read_code(role, name) is not None]
    return roles[0] if len(roles) == 1 else None


def _is_of(role: Speaker, code: Code) -> bool:
    return isinstance(code, Behaviour) is (role is Speaker.PRACTITIONER)


def _parts(name: str) -> tuple[str, str]:
    wanted = name.strip().casefold()
    found = _VALENCE.search(wanted)
    return (wanted[: found.start()], found.group(1) or "") if found else (wanted, "")


def _practitioner_with_valence(name: str) -> Reading | None:
    """MISC marks a question or reflection with the talk it is about, which MITI does not count."""
    base, valence = _parts(name)
    reading = _WITH_VALENCE.get(base) if valence else None
    return reading and Reading(reading.code, reading.subtype, less=valence != "0")


def _client_with_valence(name: str) -> Reading | None:
    base, valence = _parts(name)
    if base not in _KINDS or valence not in ("+", "-"):
        return None
    talk = ClientTalk.CT if valence == "+" else ClientTalk.ST
    kind = _KINDS[base]
    return Reading(talk, kind, less=kind is None or name.strip().casefold().endswith("_m"))
