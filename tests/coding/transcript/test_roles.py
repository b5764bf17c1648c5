"""What labels say about who is the practitioner."""

import pytest

from coding.scheme.codes import Speaker
from coding.transcript.roles import roles_of, says_a_role

P, C = Speaker.PRACTITIONER, Speaker.CLIENT


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("Practitioner", P),
        ("SOCIAL WORKER 2", P),
        ("Family support worker", P),
        ("Child psychologist", P),
        ("Health visitor", P),
        ("Anna (social worker)", P),
        ("Mum", C),
        ("Service user", C),
        ("Mother's partner", C),
        ("Young person", C),
        ("Kelly", None),
        ("Speaker 1", None),
        ("Participant 2", None),
        ("User 1", None),
    ],
)
def test_words_for_roles(label: str, role: Speaker | None) -> None:
    assert says_a_role(label) is role


@pytest.mark.parametrize(
    ("labels", "roles"),
    [
        (["T", "C"], [P, C]),
        (["SW", "P"], [P, C]),
        (["I", "P"], [P, C]),
        (["C", "P"], [None, None]),  # client and practitioner, or counsellor and patient
        (["C", "Mum"], [P, C]),
        (["Q", "A"], [P, C]),
        (["Anna", "Ben"], [None, None]),
        (["P1", "P2"], [None, None]),
        (["Worker", "Kelly"], [P, C]),
        (["Jo", "Mum"], [P, C]),
        (["Worker", "Kelly", "Dad"], [P, C, C]),
        (["Jo", "Sam", "Mum"], [None, None, C]),
        (["Mum", "Dad"], [None, None]),
        (["Social worker 1", "Social worker 2"], [None, None]),
    ],
)
def test_labels_of_one_conversation(labels: list[str], roles: list[Speaker | None]) -> None:
    assert list(roles_of(labels).values()) == roles
