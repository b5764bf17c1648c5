"""What a speaker's label says about the speaker's role. Where it says nothing, the coder decides from the words."""

import re
from collections.abc import Iterable
from dataclasses import replace

from coding.scheme.codes import Speaker
from coding.transcript.parsed import ParsedTranscript, ParsedTurn


def words_of(text: str) -> frozenset[str]:
    """A word list written as one string."""
    return frozenset(text.split())


PRACTITIONER_WORDS = words_of(
    "practitioner therapist counsellor counselor worker interviewer coach clinician psychologist psychiatrist nurse "
    "doctor dr gp facilitator trainee supervisor officer adviser advisor keyworker provider professional helper sw "
    "advocate midwife caseworker mentor assistant manager teacher consultant"
)
CLIENT_WORDS = words_of(
    "client parent mum mother mom mam mummy dad father daddy carer caregiver patient interviewee child son daughter "
    "grandmother grandfather grandma grandad granny nan nanna gran stepmum stepdad stepmother stepfather partner "
    "husband wife girlfriend boyfriend aunt auntie uncle brother sister sibling actor customer family teenager "
    "adolescent guardian"
)
# Two words together that mean a role where neither does alone.
_PAIRS = {
    ("health", "visitor"): Speaker.PRACTITIONER,
    ("service", "user"): Speaker.CLIENT,
    ("young", "person"): Speaker.CLIENT,
}
# Words that stand beside a role ("family support worker", "simulated parent").
_BESIDE = words_of(
    "the a of and for support social service user young person foster family's children children's simulated role play "
    "health visiting visitor safeguarding recovery abuse domestic mental adult substance probation senior student key "
    "case peer parenting early help lead newly qualified duty community psychiatric"
)
_LETTERS = {
    "t": Speaker.PRACTITIONER,
    "w": Speaker.PRACTITIONER,
    "i": Speaker.PRACTITIONER,
    "th": Speaker.PRACTITIONER,
    "q": Speaker.PRACTITIONER,
    "c": Speaker.CLIENT,
    "cl": Speaker.CLIENT,
    "su": Speaker.CLIENT,
    "a": Speaker.CLIENT,
}
_WORD = re.compile(r"[^\W\d_]+(?:['’]s)?")


def labelwords_of(label: str) -> list[str]:
    return [word.replace("’", "'") for word in _WORD.findall(label.casefold())]


def says_a_role(label: str) -> Speaker | None:
    """The role in the words of one label ("Mum", "Anna (social worker)"). A practitioner word decides: a family
    worker is a worker."""
    words = set(labelwords_of(label))
    for pair, role in _PAIRS.items():
        if words.issuperset(pair) and not words & PRACTITIONER_WORDS:
            return role
    if words & PRACTITIONER_WORDS:
        return Speaker.PRACTITIONER
    return Speaker.CLIENT if words & CLIENT_WORDS else None


def is_only_a_role(label: str) -> bool:
    """Whether the label is nothing but a role ("family support worker 2"), so that no name is needed to trust it."""
    words = labelwords_of(label)
    known = PRACTITIONER_WORDS | CLIENT_WORDS | _BESIDE
    return bool(words) and all(word in known for word in words) and says_a_role(label) is not None


def roles_of(labels: Iterable[str]) -> dict[str, Speaker | None]:
    """Roles for all the labels of one conversation.

    Words decide first; then single letters, unless they could mean both sides (C and P: client and practitioner, or
    counsellor and patient); then, when one side is known and only one answer is left, the others follow from it.
    """
    roles: dict[str, Speaker | None] = {label: says_a_role(label) for label in labels}
    letters = {label: "".join(labelwords_of(label)) for label, role in roles.items() if role is None}
    if not {"c", "p"} <= set(letters.values()):
        for label, letter in letters.items():
            sure = letter in _LETTERS and (letter not in "qa" or {"q", "a"} <= set(letters.values()))
            if sure and (letter != "c" or Speaker.CLIENT not in roles.values()):
                roles[label] = _LETTERS[letter]
    unknown = [label for label, role in roles.items() if role is None]
    if Speaker.PRACTITIONER in roles.values():
        roles.update(dict.fromkeys(unknown, Speaker.CLIENT))
    elif Speaker.CLIENT in roles.values() and len(unknown) == 1:
        roles[unknown[0]] = Speaker.PRACTITIONER
    if (
        len(roles) > 1 and len(set(roles.values())) == 1
    ):  # two parents, two social workers: labels do not tell them apart
        return dict.fromkeys(roles)
    return roles


def with_roles(turns: Iterable[ParsedTurn]) -> tuple[ParsedTurn, ...]:
    """The turns with their roles filled in; a role that the file gave is kept."""
    listed = tuple(turns)
    given = {turn.speaker_label: turn.role for turn in listed if turn.role is not None}
    unset = list(dict.fromkeys(turn.speaker_label for turn in listed if turn.speaker_label not in given))
    roles: dict[str, Speaker | None] = {**(roles_of(unset) if not given else _beside_given(unset, given)), **given}
    return tuple(replace(turn, role=roles[turn.speaker_label]) for turn in listed)


def _beside_given(unset: list[str], given: dict[str, Speaker]) -> dict[str, Speaker | None]:
    if Speaker.PRACTITIONER in given.values():
        return {label: says_a_role(label) or Speaker.CLIENT for label in unset}
    return {label: says_a_role(label) or (Speaker.PRACTITIONER if len(unset) == 1 else None) for label in unset}


def practitioner_labels(parsed: ParsedTranscript) -> list[str]:
    """The labels the file itself says are the practitioner's, in order; empty when it does not say."""
    return list(dict.fromkeys(t.speaker_label for t in parsed.turns if t.role is Speaker.PRACTITIONER))
