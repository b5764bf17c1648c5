"""What feedback may say, and of which lines: the strengths it looks for and what it gives to try, in order.

A strength is named only where its line carries the code, and never where somebody was argued with in the same breath.
"Straight after" says what came next, not what brought it about.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from coding.scheme.codes import Behaviour, ClientTalk, Code, QuestionType, TalkKind
from training.feedback.reading import Reading, Spot

REFLECTIONS = frozenset(Behaviour.reflections())
STRONG_KINDS = (TalkKind.COMMITMENT, TalkKind.ACTIVATION, TalkKind.TAKING_STEPS)
DOING_KINDS = (TalkKind.ABILITY, *STRONG_KINDS)
Keys = tuple[str, ...]


@dataclass(frozen=True)
class Strength:
    """A line of the practitioner with one of `codes`. With `then` change talk comes straight after it, with `answers`
    it follows such a line of the other person. `outweighs`: reflections outnumber questions, and there are three."""

    name: str
    kind: str
    text: str
    codes: frozenset[Behaviour]
    subtype: QuestionType | None = None
    then: bool = False
    answers: ClientTalk | None = None
    outweighs: bool = False


@dataclass(frozen=True)
class Try:
    """`find` gives the keys of the lines it is said of, empty where there is no cause. `own` are codes of which one of
    the practitioner's own lines shows that they can do it already."""

    name: str
    text: str
    find: Callable[[Reading], Keys]
    own: frozenset[Behaviour] = frozenset()
    own_subtype: QuestionType | None = None


def _of(*codes: Behaviour) -> frozenset[Behaviour]:
    return frozenset(codes)


AFTER_IT = "Straight after it the other person spoke in favour of change."
STRENGTHS = (
    Strength(
        "meaning_then_change", "reflection",
        f"You gave back more than the words: what they might mean, or how it feels. {AFTER_IT}",
        _of(Behaviour.CR), then=True,
    ),
    Strength(
        "affirm_then_change", "affirm",
        f"You named something good in what this person does, wants or is. {AFTER_IT}",
        _of(Behaviour.AF), then=True,
    ),
    Strength(
        "choice_then_change", "choice", f"You said that the choice is theirs. {AFTER_IT}",
        _of(Behaviour.EMPHASIZE), then=True,
    ),
    Strength(
        "met_doubt", "reflection",
        "Here the other person spoke for leaving things as they are. You said it back to them, and did not argue.",
        REFLECTIONS, answers=ClientTalk.ST,
    ),
    Strength(
        "open_then_change", "question",
        "You asked an open question, and the answer leaned towards change.",
        _of(Behaviour.Q), subtype=QuestionType.OPEN, then=True,
    ),
    Strength(
        "affirm", "affirm", "You named something good in what this person does, wants or is.", _of(Behaviour.AF),
    ),
    Strength(
        "shared_lead", "lead",
        "You shared the lead: you asked whether they agree, or what they think of an idea.", _of(Behaviour.SEEK),
    ),
    Strength("choice", "choice", "You said that the choice is theirs.", _of(Behaviour.EMPHASIZE)),
    Strength(
        "reflected_more", "reflection",
        "You said back more often than you asked: {reflections} to {questions}, each counted once in a stretch of your "
        "talk. Here is one of them.",
        REFLECTIONS, outweighs=True,
    ),
    Strength(
        "meaning", "reflection", "You gave back more than the words: what they might mean, or how it feels.",
        _of(Behaviour.CR),
    ),
    Strength(
        "advice_with_care", "lead", "You gave advice with care: after asking, or with the choice left open.",
        _of(Behaviour.PWP),
    ),
    Strength(
        "open_question", "question", "You asked an open question, which leaves room for a whole answer.",
        _of(Behaviour.Q), subtype=QuestionType.OPEN,
    ),
    Strength(
        "said_back", "reflection", "You said back what you had heard, so that they could hear it too and put it right.",
        _of(Behaviour.SR),
    ),
    Strength("informed", "information", "You gave this information plainly, without pushing.", _of(Behaviour.GI)),
)  # fmt: skip


def _first(found: Iterable[Keys]) -> Keys:
    return next(iter(found), ())


def _with_before(spot: Spot) -> Keys:
    return (spot.before.key, spot.line.key) if spot.before else (spot.line.key,)


def _said(code: Behaviour) -> Callable[[Reading], Keys]:
    return lambda reading: _first(_with_before(spot) for spot in reading.theirs({code}))


def _answer_then_question(reading: Reading) -> Keys:
    """An answer after which a question came and no reflection: one for or against change sooner than any other."""
    if reading.questions < 3 or reading.questions <= reading.reflections:
        return ()
    found = [
        (spot, next(line for line in spot.after if line.code is Behaviour.Q))
        for spot in reading.client
        if spot.followed_by({Behaviour.Q}) and not spot.followed_by(REFLECTIONS)
    ]
    found.sort(key=lambda one: one[0].line.code is ClientTalk.FN)
    return (found[0][0].line.key, found[0][1].key) if found else ()


def _passed_by(reading: Reading) -> Keys:
    """Change talk after which there was no reflection, no question and nothing else that shows it was heard."""
    took_up: set[Code] = {*REFLECTIONS, *Behaviour.mi_adherent(), Behaviour.Q}
    return _first(
        (spot.line.key, line.key)
        for spot in reading.change_talk()
        if spot.after and not spot.followed_by(took_up)
        for line in spot.after[:1]
        if any(one.code is not Behaviour.NC for one in spot.after)
    )


def _close_to_the_words(reading: Reading) -> Keys:
    if reading.reflections < 3 or reading.counts[Behaviour.CR] >= 0.4 * reading.reflections:
        return ()
    return _said(Behaviour.SR)(reading)


def _closed(reading: Reading) -> Keys:
    if reading.counts.closed_questions < 3 or reading.counts.closed_questions <= reading.counts.open_questions:
        return ()
    questions = reading.theirs({Behaviour.Q})
    return _first((spot.line.key,) for spot in questions if spot.line.subtype is QuestionType.CLOSED)


def _unnamed_strength(reading: Reading) -> Keys:
    if reading.counts[Behaviour.AF]:
        return ()
    return _first((spot.line.key,) for spot in reading.change_talk() if spot.line.subtype in DOING_KINDS)


def _choice_not_said(reading: Reading) -> Keys:
    if reading.counts[Behaviour.EMPHASIZE]:
        return ()
    return _first((spot.line.key,) for spot in reading.client if spot.line.code is ClientTalk.ST)


def _more_to_ask(reading: Reading) -> Keys:
    """Of what they can do or mean to do sooner than of anything else."""
    found = [
        spot.line
        for spot in reading.change_talk()
        if spot.after
        and not any(one.code is Behaviour.Q and one.subtype is not QuestionType.CLOSED for one in spot.after)
    ]
    found.sort(key=lambda line: line.subtype not in DOING_KINDS)
    return _first((line.key,) for line in found)


TRIES = (
    Try(
        "say_back_before_disagreeing",
        "Here you disagreed, corrected or warned. A worry about a child has to be said. Try to say back first what you "
        "heard, then say your worry plainly, and ask what they make of it.",
        _said(Behaviour.CONFRONT), REFLECTIONS,
    ),
    Try(
        "ask_before_advice",
        "Here you gave advice, or argued for something. Try to ask first: what do they know or think already, and "
        "would they like to hear your idea?",
        _said(Behaviour.PERSUADE), _of(Behaviour.PWP, Behaviour.SEEK),
    ),
    Try(
        "say_back_before_asking",
        "Counted once in a stretch of your talk, there are {questions} and {reflections}. After an answer such as this "
        "one, try to say back what you heard before you ask again.",
        _answer_then_question, REFLECTIONS,
    ),
    Try(
        "stay_with_change_talk",
        "Here the other person spoke in favour of change. What you said next was neither a reflection of it nor a "
        "question. Try to stay with it: say it back, or ask them to tell you more.",
        _passed_by, REFLECTIONS,
    ),
    Try(
        "one_step_further",
        "Most of what you said back stayed close to the words: here, for instance. Try to go one step further: what "
        "might they feel, or hope for? If the guess is wrong, they will tell you.",
        _close_to_the_words, _of(Behaviour.CR),
    ),
    Try(
        "open_up",
        "Most of your questions can be answered with a word or two, such as this one. Try to begin one with “what” or "
        "“how”.",
        _closed, _of(Behaviour.Q), QuestionType.OPEN,
    ),
    Try(
        "name_a_strength",
        "Here the other person tells of something they can do, mean to do or have begun. Try to name the strength that "
        "you hear in it, in your own words.",
        _unnamed_strength,
    ),
    Try(
        "say_what_is_theirs",
        "Here the other person spoke for leaving things as they are. Try to say aloud what is theirs to decide, and "
        "plainly what is not.",
        _choice_not_said,
    ),
    Try(
        "ask_for_more",
        "Here the other person spoke in favour of change. Try to ask for more: an example, what else, or how they "
        "would begin.",
        _more_to_ask,
    ),
)  # fmt: skip
