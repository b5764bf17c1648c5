"""What is said to an answer that was not scored, or that something matters more in than its score. Pure."""

from dataclasses import dataclass

from training.exercises.format import Written
from training.exercises.odd import MOST_WORDS, Odd
from training.exercises.words import words_of


@dataclass(frozen=True)
class Reply:
    """`urgent` stands out on the page; `again` says that it can be scored all the same, if who wrote it wants so."""

    title: str
    text: str
    urgent: bool = False
    again: bool = False


def reply_to(odd: Odd, answer: str, exercise: Written) -> Reply:
    title, text = _TEXTS[odd]
    count = len(words_of(answer))
    text = text.format(
        count=f"{count:,}", most=MOST_WORDS, parent=_shortened(exercise.before[-1].text),
    )  # fmt: skip
    return Reply(title, text, odd in (Odd.OWN_DISTRESS, Odd.THREAT, Odd.HARM_SPOKEN_OF), odd in Odd.scored_if_asked())


def _shortened(text: str, *, most: int = 14) -> str:
    words = text.split()
    return f"“{' '.join(words[:most])}{' …' if len(words) > most else ''}”"


_TEXTS: dict[Odd, tuple[str, str]] = {
    Odd.EMPTY: ("There is nothing here yet", "Write what you would say to the parent. A few words are enough."),
    Odd.NO_WORDS: (
        "There are no words to read here",
        "Your answer is kept, but it was not scored. Write what you would say to the parent, in a sentence or two.",
    ),
    Odd.TOO_LONG: (
        "That is more than anybody can take in at once",
        "It has {count} words, and it is kept. It was not scored: from about {most} words on, one turn is a "
        "speech. Which "
        "one or two sentences in it would you want the parent to remember? Send those.",
    ),
    Odd.COPIED: (
        "Those are the parent’s own words",
        "Said back just as they were, they show that you listened, but not what you heard. Turn “I” into "
        "“you”, and say it "
        "in your own words.",
    ),
    Odd.SAME_LINE: (
        "That is the line as it stood",
        "It was not scored, because nothing in it has changed yet. Change how it begins: that is most of the work.",
    ),
    Odd.NOT_ENGLISH: (
        "The coder reads only English so far",
        "Your answer is kept, and nothing is wrong with it. It was not scored, because the coder has not learned its "
        "language. Write it in English, or show this one to your coach.",
    ),
    Odd.OFF_TOPIC: (
        "This does not seem to be an answer to the parent",
        "Nothing in it is about what the parent said: {parent} So it was not scored. It is kept. Answer the "
        "parent with a "
        "word of theirs, or have it scored all the same if it is what you would say.",
    ),
    Odd.INSTRUCTIONS: (
        "Write to the parent, not to the program",
        "The coder follows no instructions: it only hears what is said to a parent. So this was not scored.",
    ),
    Odd.OWN_DISTRESS: (
        "Is this about you?",
        "If it is, please do not carry it alone. In danger now: ring 999. Samaritans listen day and night on "
        "116 123, for "
        "free. Your GP, your manager or occupational health can help too. Evoke has told nobody, and no coach is shown "
        "this answer. If they are words that you meant for the parent, have them scored.",
        ),
    Odd.THREAT: (
        "That is a threat",
        "It was not scored: a parent who hears it is not safe with you, and neither is the talk. If you are "
        "ever close to "
        "saying it for real, step out, breathe, and ring your manager. If somebody may come to harm, follow your local "
        "safeguarding procedure now.",
    ),
    Odd.HOSTILE: (
        "Read it once more as the parent would hear it",
        "It puts the parent down, and after that they are likely to stop listening, or to shout back. Being "
        "at the end of "
        "your patience happens to everybody: take it to supervision. Here is what the coder made of it, and "
        "another way.",
    ),
    Odd.HARM_SPOKEN_OF: (
        "Where somebody may come to harm, safety comes first",
        "Your answer speaks of harm. In real work: ask about it directly and calmly, do not leave the person "
        "alone with it, "
        "follow your local procedure, and tell your manager the same day. MI comes after that.",
    ),
}  # fmt: skip
