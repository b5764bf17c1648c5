"""What kind of person somebody is, in the words of whoever gave their name."""

import re

from coding.transcript.identifiers.word_set import word_set

_WHO = {
    "child": word_set("child son daughter baby boy girl kid toddler pupil teenager young grandson granddaughter"),
    "parent": word_set("parent mum mam mom mother dad father stepdad stepmum stepfather stepmother carer"),
    "practitioner": word_set("practitioner worker coach therapist counsellor officer nurse midwife teacher trainee"),
    "client": word_set("client patient service"),
    "family member": word_set(
        "family gran nan grandmother granddad grandad grandfather grandparent aunt auntie uncle cousin sister brother "
        "sibling niece nephew relative"
    ),
    "partner": word_set("partner husband wife boyfriend girlfriend ex"),
}
SOMEBODY = "person"


def label_of(who: str) -> str:
    """The kind of person in a placeholder, of what somebody wrote beside a name: "his mum" → "parent"."""
    words = re.findall(r"[a-z]+", who.lower())
    return next((label for word in reversed(words) for label, known in _WHO.items() if word in known), SOMEBODY)
