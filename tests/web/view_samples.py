"""Made-up read-models for the templates: what the pages are given, without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from coding.scheme.codes import Behaviour, ClientTalk, Speaker, parse_code
from coding.scheme.glossary import CODES, HUMAN_AGREEMENT, SCORES, show, thresholds_shown
from coding.scheme.summary import GlobalRating, ScoreName, band_of
from models.coding import SuggestedGlobal
from models.consent import HowGiven, Scope
from training.build_session_view import CANNOT_JUDGE, global_view
from training.ledger_view import HOW_SHOWN, SCOPE_SHOWN, AgreementView, EntryView, LedgerView, ParticipantView
from training.score_view import BAND_SHOWN, ScoreView
from training.session_view import CountView, GlobalView, SessionRow, SessionView, TurnView, UtteranceView

SESSION_ID = UUID("01970000-0000-7000-8000-000000000001")
TALK = (
    ("practitioner", "Q", "open", "What would you like us to talk about today?", 0.97, False),
    ("client", "CT", "desire", "I want to stop drinking at weekends, the kids have noticed.", 0.84, False),
    ("practitioner", "CR", "", "You've seen it's getting to the children, and that worries you.", 0.71, False),
    ("client", "ST", "ability", "Yeah. I don't know if I can though, all my mates drink <every> weekend.", 0.41, True),
    ("practitioner", "NC", "", "Mm.", 0.99, False),
    ("practitioner", "Emphasize", "", "It's up to you what you do with this.", 0.88, False),
    ("practitioner", "Persuade", "", "You should really tell them that you are busy on Fridays.", 0.52, True),
    ("client", "FN", "", "Maybe.", 0.93, False),
)


def utterance(
    number: int, role: str, code: str, subtype: str, text: str, confidence: float, unsure: bool
) -> UtteranceView:
    kind = parse_code(Speaker(role), code)
    others = [c.value for c in type(kind) if c is not kind]
    left = 1 - confidence
    shares = [(code, confidence), (others[0], left * 0.7), (others[1], left * 0.3)]
    return UtteranceView(
        id=number, text=text, code=code, name=CODES[kind].name, subtype=subtype, subtype_shown=subtype,
        confidence=confidence, unsure=unsure, reason=f"“{text.split()[0]}” points this way.",
        volley=number if role == "practitioner" else None, probabilities=tuple(shares),
    )  # fmt: skip


def turns(utterances: int) -> tuple[TurnView, ...]:
    """A conversation of that many utterances; neighbours of one role share a turn."""
    made: list[TurnView] = []
    for number in range(utterances):
        said = TALK[number % len(TALK)]
        role, one = said[0], utterance(number + 1, *said)
        if made and made[-1].role == role:
            made[-1] = replace(made[-1], utterances=(*made[-1].utterances, one))
        else:
            label = "Speaker 1" if role == "practitioner" else "Speaker 2"
            made.append(TurnView(len(made), role, label, number * 6.5, number * 6.5 + 6, (one,)))
    return tuple(made)


def score(name: ScoreName, value: float | None, low: float | None = None, high: float | None = None) -> ScoreView:
    band = band_of(name, value) if value is not None else None
    between = f"{show(name, low)} to {show(name, high)}" if low is not None and high is not None else ""
    return ScoreView(
        name=name.value, title=SCORES[name].name, explanation=SCORES[name].one_line, value=value, low=low, high=high,
        shown="" if value is None else show(name, value), interval_shown=between, band=band or "",
        band_shown=BAND_SHOWN.get(band or "", ""), thresholds_shown=thresholds_shown(name),
        note="There was no reflection, so there is nothing to take a share of." if value is None else "",
        human_agreement=HUMAN_AGREEMENT[name], outside_miti=name in ScoreName.outside_miti(),
    )  # fmt: skip


def suggestion(rating: GlobalRating, low: int | None, high: int | None, reason: str) -> GlobalView:
    kept = SuggestedGlobal(name=rating.value, low=low, high=high, model_version="globals-1")
    return global_view(rating, kept, reason)


def session_view(utterances: int = 16, **changes: object) -> SessionView:
    talk = turns(utterances)
    carrying: dict[str, list[int]] = {}
    for one in (u for turn in talk for u in turn.utterances):
        carrying.setdefault(one.code, []).append(one.id)
    counts = tuple(
        CountView(
            code=code.value, name=CODES[code].name, explanation=CODES[code].one_line,
            count=len(carrying.get(code.value, ())), low=max(0, len(carrying.get(code.value, ())) - 1),
            high=len(carrying.get(code.value, ())) + 2, utterance_ids=tuple(carrying.get(code.value, ())),
        )
        for code in (*Behaviour.counted(), *ClientTalk)
    )  # fmt: skip
    view = SessionView(
        id=SESSION_ID, title="Role play with Jordan, drinking at weekends", kind="role_play", kind_shown="Role play",
        picked="chosen", picked_shown="Somebody chose it",
        stage="ready", progress=100, problem_code="", problem="", practitioner="Olu Owner",
        team="Family Safeguarding North", change_goal="stop drinking at weekends", held_on=date(2026, 11, 4),
        created_at=datetime(2026, 11, 4, 9, 30, tzinfo=UTC), has_recording=False, coded_by="machine",
        model_version="linear-1", practitioner_labels=("Speaker 1",), practitioner_confidence=0.83,
        speaker_labels=("Speaker 1", "Speaker 2"), turns=talk,
        scores=(
            score(ScoreName.REFLECTION_TO_QUESTION, 1.3, 0.8, 2.1), score(ScoreName.PERCENT_COMPLEX, 52, 31, 70),
            score(ScoreName.MI_ADHERENT, 7, 5, 9), score(ScoreName.MI_NON_ADHERENT, 3, 1, 4),
            score(ScoreName.PERCENT_CHANGE_TALK, 61, 48, 74),
        ),
        extras=(
            score(ScoreName.PERCENT_OPEN, 44, 30, 58), score(ScoreName.TALK_SHARE, 38),
            score(ScoreName.QUESTIONS_IN_A_ROW, 4, 2, 5),
        ),
        counts=counts,
        globals=(
            suggestion(GlobalRating.CULTIVATING_CHANGE_TALK, 2, 3, "It leans lower because no turn named a strength."),
            suggestion(GlobalRating.SOFTENING_SUSTAIN_TALK, None, None, "The machine cannot tell this rating."),
            suggestion(GlobalRating.PARTNERSHIP, 3, 4, "It leans higher because 6 of 28 turns sought their view."),
            suggestion(GlobalRating.EMPATHY, 3, 5, "Nothing stands out."),
        ),
        unsure_count=sum(u.unsure for turn in talk for u in turn.utterances),
        cannot_judge=CANNOT_JUDGE, notes=("The first two minutes could not be heard.",),
    )  # fmt: skip
    return replace(view, **changes)  # type: ignore[arg-type]


def row(number: int = 1, **changes: object) -> SessionRow:
    made = SessionRow(
        id=UUID(int=SESSION_ID.int + number), title=f"Tuesday practice {number}", kind_shown="Role play",
        practitioner="Olu Owner", practitioner_id=UUID(int=7), team="Family Safeguarding North",
        held_on=date(2026, 11, number), stage="ready", progress=100, problem="",
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def ledger_view(**changes: object) -> LedgerView:
    def agreement(scope: Scope, state: str) -> AgreementView:
        return AgreementView(
            scope=scope.value, scope_shown=SCOPE_SHOWN[scope], state=state, how="recorded",
            how_shown=HOW_SHOWN[HowGiven.RECORDED], given_on=date(2026, 11, 4), expires_on=date(2027, 11, 4),
            heard_at=65.0, withdrawn_on=date(2026, 11, 20) if state == "withdrawn" else None,
        )  # fmt: skip

    states = ("yes", "no", "withdrawn", "expired", "no")
    mother = ParticipantView(
        id=UUID(int=1), position=1, who="family_member", who_shown="Family member", label="Mother <1>",
        agreements=tuple(agreement(scope, state) for scope, state in zip(Scope, states, strict=True)),
    )  # fmt: skip
    entry = EntryView(datetime(2026, 11, 4, 9, 5, tzinfo=UTC), "Mother <1>", "Research", "yes", "Olu Owner")
    view = LedgerView((mother,), "public_task", "Public task", (), (entry,))
    return replace(view, **changes)  # type: ignore[arg-type]
