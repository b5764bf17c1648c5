"""How far an authority's coders agree, for programs of its coaches and leads."""

from typing import Any

from fastapi import APIRouter

from api.access import SignedIn
from api.answers.reviews import AgreementRead
from api.document.tell import told
from api.house import TheHouse
from api.route import ApiRoute
from coding.double.compare import coded_twice
from models.audit_hash import plain
from models.permissions import Permission, require_in_some_team
from training.agreement_view import NEEDED, kept_figures

router = APIRouter(prefix="/api/v1", tags=["agreement"], route_class=ApiRoute)


@router.get("/agreement", **told("read_agreement", AgreementRead, headers=["ETag"]))
def read_agreement(house: TheHouse, actor: SignedIn) -> dict[str, Any]:
    """Figures of your authority over sessions that two coaches coded, the second blind, and of the machine and the
    second coach. `people` and `machine` are null as long as there are none. A figure has `value`, `low` and `high` of
    its 95 % interval, what it rests on (`items` in `sessions`), and in `why` a sentence where value or interval is
    null. Intervals need `needed` sessions; `coded_twice` may be more than those that are worked out already."""
    require_in_some_team(actor, Permission.SEE_AGREEMENT)
    with house.database.read() as session:
        kept, twice = kept_figures(session, actor), coded_twice(session, actor.organisation_id)
    figures = kept.figures if kept else {}
    return {
        "coded_twice": twice,
        "needed": NEEDED,
        "made_at": plain(kept.made_at) if kept else None,
        "people": figures.get("people"),
        "machine": figures.get("machine"),
    }
