"""First names that are known, and capitals that are nobody's name."""

from functools import cache
from pathlib import Path

from coding.transcript.identifiers.short_forms import known_names
from coding.transcript.identifiers.sounds import plain
from coding.transcript.identifiers.word_set import word_set

_FILE = Path(__file__).with_name("first_names.txt")
NOT_PEOPLE = word_set(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december christmas easter ramadan eid diwali halloween english british welsh irish "
    "scottish polish romanian somali pakistani indian bangladeshi muslim christian catholic sikh hindu jewish tesco "
    "asda aldi lidl boots argos greggs spar morrisons sainsbury sainsburys wetherspoons costa primark netflix youtube "
    "facebook instagram tiktok snapchat whatsapp google amazon xbox playstation fortnite eastenders hollyoaks corrie "
    "universal credit camhs sats gcse gcses nhs gp mum dad nan nana gran grandad mummy daddy god jesus allah bacp dbt "
    "cbt aa na ca uber zoom teams london leeds bradford manchester liverpool birmingham sheffield newcastle bristol "
    "cardiff glasgow edinburgh belfast nottingham leicester hull derby york england wales scotland ireland britain uk "
    "europe poland romania somalia pakistan india nigeria ghana mi evoke"
)


@cache
def first_names() -> frozenset[str]:
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    listed = {plain(name) for line in lines if not line.startswith("#") for name in line.split()}
    return frozenset(name for name in listed | known_names() if name not in NOT_PEOPLE)


def is_no_person(letters: str) -> bool:
    """For a word in plain letters: "tuesday", and "tuesdays" too."""
    return letters in NOT_PEOPLE or letters.removesuffix("s") in NOT_PEOPLE
