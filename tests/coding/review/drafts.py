"""A small conversation as a draft, and steps that can be done to it, for hypothesis to choose from."""

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from coding.review.apply import apply
from coding.review.draft import RATINGS, Draft, DraftLine, MachineCode, subtypes_of
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
from coding.scheme.codes import Behaviour, ClientTalk, QuestionType, Speaker, TalkKind

SAID = (
    ("Worker", "What would you like us to talk about today?", Behaviour.Q, QuestionType.OPEN),
    ("Parent", "I want to stop drinking at weekends.", ClientTalk.CT, TalkKind.DESIRE),
    ("Parent", "The kids have noticed.", ClientTalk.CT, TalkKind.REASON),
    ("Worker", "You've seen it's getting to the children.", Behaviour.CR, None),
    ("Worker", "That took courage to say.", Behaviour.AF, None),
    ("Parent", "Yeah.", ClientTalk.FN, None),
    ("Worker", "It's up to you what you do with this.", Behaviour.EMPHASIZE, None),
    ("Worker", "What has helped [child 1] before?", Behaviour.Q, QuestionType.OPEN),
    ("Grandmother", "Going to my sister's on a Friday helped a lot.", ClientTalk.FN, None),
)
SPEAKERS = {"Worker": Speaker.PRACTITIONER, "Parent": Speaker.CLIENT, "Grandmother": Speaker.CLIENT}


def begun(*, skipped: tuple[str, ...] = ()) -> Draft:
    lines = tuple(
        DraftLine(
            key=str(number), role=SPEAKERS[label], speaker_label=label, text=text, code=code, subtype=subtype,
            started=number * 4.0, ended=number * 4.0 + 3.5, machine=MachineCode(code, subtype, 0.8, number == 3),
        )
        for number, (label, text, code, subtype) in enumerate(SAID)
    )  # fmt: skip
    return Draft(lines, dict(SPEAKERS), skipped=skipped)


def try_step(draft: Draft, step: Step) -> Draft | None:
    try:
        return apply(draft, step)
    except StepWrong:
        return None


@st.composite
def a_step(draw: DrawFn, draft: Draft) -> Step:
    """Most of them can be done; some cannot, such as joining two speakers."""
    key = draw(st.sampled_from([line.key for line in draft.lines]))
    line = draft.lines[draft.place_of(key) or 0]
    codes = list(Behaviour) if line.role is Speaker.PRACTITIONER else list(ClientTalk)
    code = draw(st.sampled_from(codes))
    subtype = draw(st.sampled_from([None, *subtypes_of(code)]))
    rating = draw(st.sampled_from(RATINGS))
    other = draw(st.sampled_from([line.key for line in draft.lines]))
    return draw(
        st.sampled_from(
            [
                Recode(key, code.value, subtype.value if subtype else None),
                Accept(key),
                Uncode(key),
                Split(key, draw(st.integers(0, len(line.text) + 1))),
                Join(key),
                Move(key, draw(st.sampled_from(list(draft.speakers)))),
                SwapRoles(),
                EditWords(key, draw(st.text(max_size=20))),
                WriteNote(key, draw(st.text(max_size=20))),
                Pin(key, rating),
                Unpin(key, rating),
                Rate(rating, draw(st.none() | st.integers(0, 6))),
                ChooseSegment(key, other),
                ChooseSegment(),
            ]
        )
    )


@st.composite
def some_work(draw: DrawFn, *, most: int = 14) -> tuple[list[Step], list[Draft]]:
    """Steps that could be done, and the drafts: one more than steps."""
    steps: list[Step] = []
    drafts = [begun()]
    for _ in range(draw(st.integers(0, most))):
        step = draw(a_step(drafts[-1]))
        after = try_step(drafts[-1], step)
        if after is not None:
            steps.append(step)
            drafts.append(after)
    return steps, drafts
