"""What sessions come to in each slice of them: periods of ten people and more, as evaluators may see them."""

from datetime import date

from sqlmodel import Session

from models.coding import CodedBy
from models.organisation import Organisation
from models.practice import SessionKind
from training.adoption.legs import Slice
from training.evaluation_figures import Period
from training.evaluation_view import authority_figures


def mi_periods(session: Session, organisation: Organisation, *, today: date) -> dict[Slice, list[Period]]:
    """Of each slice with at least one period that can be shown."""
    periods = authority_figures(session, organisation, today=today).periods
    return {
        Slice(kind, "chosen", CodedBy.MACHINE): [one for one in periods if one.kind is kind]
        for kind in SessionKind
        if any(one.kind is kind and one.sessions is not None for one in periods)
    }
