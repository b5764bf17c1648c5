"""What the numbers mean and do not mean."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from coding.scheme.codes import Behaviour, ClientTalk
from coding.scheme.glossary import CODES, EXPERT_OPINION, GLOBALS, HUMAN_AGREEMENT, SCORES, thresholds_shown
from coding.scheme.summary import GlobalRating, ScoreName
from web.pages.visitor import SignedInMember

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class ScoreExplained:
    title: str
    explanation: str
    thresholds_shown: str
    human_agreement: str
    outside_miti: bool


@router.get("/about-the-scores")
def about_scores(member: SignedInMember) -> Response:
    scores = [
        ScoreExplained(
            title=SCORES[name].name, explanation=SCORES[name].one_line, thresholds_shown=thresholds_shown(name),
            human_agreement=HUMAN_AGREEMENT[name], outside_miti=name in ScoreName.outside_miti(),
        )
        for name in ScoreName
    ]  # fmt: skip
    return member.page(
        "about_scores.html",
        codes=[(code.value, CODES[code].name, CODES[code].one_line) for code in Behaviour],
        client_codes=[(code.value, CODES[code].name, CODES[code].one_line) for code in ClientTalk],
        scores=scores,
        globals=[GLOBALS[rating] for rating in GlobalRating],
        expert_opinion=EXPERT_OPINION,
    )
