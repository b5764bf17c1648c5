"""How far the machine and an authority's coaches say the same, for programs of its leads and administrators."""

from typing import Any

from fastapi import APIRouter

from api.access import SignedIn
from api.answers.reviews import MachineAgreementRead
from api.document.tell import told
from api.house import TheHouse
from api.route import ApiRoute
from models.audit_hash import plain
from models.permissions import Permission, require_in_some_team
from training.machine_view import NEEDED, kept_figures, machine_figures

router = APIRouter(prefix="/api/v1", tags=["agreement"], route_class=ApiRoute)


@router.get("/machine-agreement", **told("read_machine_agreement", MachineAgreementRead, headers=["ETag"]))
def read_machine_agreement(house: TheHouse, actor: SignedIn) -> dict[str, Any]:
    """Of each version of the coder whose codes were reviewed and signed off in your authority: how many sessions, how
    many lines, the share of `same` codes, Cohen's kappa, and for each code how many lines the `machine` gave it, the
    `coach`, and `both`. Coaches began from the machine's codes, which flatters it; `/agreement` has figures of coaches
    who had not seen them. `figures` and a code's `kappa` are null where there are fewer than `needed`. Teams that are
    too small are together under `team_id` null, or left out."""
    require_in_some_team(actor, Permission.SEE_MACHINE_AGREEMENT)
    with house.database.read() as session:
        row = kept_figures(session, actor)
    return {
        "needed": NEEDED,
        "made_at": plain(row.made_at) if row else None,
        "versions": machine_figures(row, actor),
    }
