"""From volleys to counts: each code once a volley, one slot for reflections and one for persuasion."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from coding.scheme.codes import Behaviour, ClientTalk, Code, CodedUtterance, QuestionType, Speaker, TalkKind
from coding.scheme.volleys import Volley, volleys

MOST_CODES_A_VOLLEY = 8


def volley_codes(codes: Iterable[Code | None]) -> frozenset[Behaviour]:
    """The codes a volley counts, of the codes of its utterances.

    Any complex reflection makes the volley's one reflection complex. Persuade and PWP share one slot too: the manual
    lets PWP win inside one utterance, so any PWP takes the volley's slot here. NC never counts.
    """
    present = {code for code in codes if isinstance(code, Behaviour) and code is not Behaviour.NC}
    if Behaviour.CR in present:
        present.discard(Behaviour.SR)
    if Behaviour.PWP in present:
        present.discard(Behaviour.PERSUADE)
    return frozenset(present)


def codes_of_volley(volley: Volley) -> frozenset[Behaviour]:
    return volley_codes(utterance.code for utterance in volley.utterances)


def carriers(volley: Volley, behaviour: Behaviour) -> tuple[CodedUtterance, ...]:
    """The utterances a volley's count of `behaviour` rests on; empty when it does not count it."""
    if behaviour not in codes_of_volley(volley):
        return ()
    return tuple(utterance for utterance in volley.utterances if utterance.code is behaviour)


def trace(conversation: Sequence[CodedUtterance]) -> dict[Behaviour, list[tuple[int, tuple[CodedUtterance, ...]]]]:
    """What each count rests on: for every counted behaviour its volleys (0-based) and the utterances that carried it.

    An utterance that gave up its slot, such as a simple reflection beside a complex one, carries nothing.
    """
    traced: dict[Behaviour, list[tuple[int, tuple[CodedUtterance, ...]]]] = {b: [] for b in Behaviour.counted()}
    for volley in volleys(conversation):
        for behaviour in codes_of_volley(volley):
            traced[behaviour].append((volley.index, carriers(volley, behaviour)))
    return traced


@dataclass(frozen=True)
class BehaviourCounts:
    """Volley counts of practitioner codes and utterance counts of client talk; `a + b` counts two stretches.

    `kinds` counts the change and sustain talk whose kind is known. Open and closed questions are utterances.
    """

    volleys: int = 0
    practitioner: Mapping[Behaviour, int] = field(default_factory=dict)
    client: Mapping[ClientTalk, int] = field(default_factory=dict)
    kinds: Mapping[tuple[ClientTalk, TalkKind], int] = field(default_factory=dict)
    open_questions: int = 0
    closed_questions: int = 0
    practitioner_words: int = 0
    client_words: int = 0

    def __getitem__(self, code: Code) -> int:
        if isinstance(code, Behaviour):
            return self.practitioner.get(code, 0)
        return self.client.get(code, 0)

    def total(self, behaviours: Iterable[Behaviour]) -> int:
        return sum(self[behaviour] for behaviour in behaviours)

    def __add__(self, other: "BehaviourCounts") -> "BehaviourCounts":
        return BehaviourCounts(
            volleys=self.volleys + other.volleys,
            practitioner=Counter(self.practitioner) + Counter(other.practitioner),
            client=Counter(self.client) + Counter(other.client),
            kinds=Counter(self.kinds) + Counter(other.kinds),
            open_questions=self.open_questions + other.open_questions,
            closed_questions=self.closed_questions + other.closed_questions,
            practitioner_words=self.practitioner_words + other.practitioner_words,
            client_words=self.client_words + other.client_words,
        )


def count(conversation: Sequence[CodedUtterance]) -> BehaviourCounts:
    """Questions are open or closed by utterance; all other practitioner counts are by volley. Words are by spaces."""
    parsed = volleys(conversation)
    client = [u for u in conversation if u.speaker is Speaker.CLIENT]
    said = [u for u in conversation if u.speaker is Speaker.PRACTITIONER]
    questions = Counter(u.subtype for u in said if u.code is Behaviour.Q)
    return BehaviourCounts(
        volleys=len(parsed),
        practitioner=Counter(code for volley in parsed for code in codes_of_volley(volley)),
        client=Counter(u.code for u in client if isinstance(u.code, ClientTalk)),
        kinds=Counter(
            (u.code, u.subtype)
            for u in client
            if isinstance(u.code, ClientTalk) and u.code is not ClientTalk.FN and isinstance(u.subtype, TalkKind)
        ),
        open_questions=questions[QuestionType.OPEN],
        closed_questions=questions[QuestionType.CLOSED],
        practitioner_words=sum(len(u.text.split()) for u in said),
        client_words=sum(len(u.text.split()) for u in client),
    )


def longest_question_run(conversation: Sequence[CodedUtterance]) -> int:
    """The most volleys in a row that each ask and do not reflect; a volley that does neither ends the run."""
    longest = run = 0
    for volley in volleys(conversation):
        codes = codes_of_volley(volley)
        asks = Behaviour.Q in codes and not codes & set(Behaviour.reflections())
        run = run + 1 if asks else 0
        longest = max(longest, run)
    return longest
