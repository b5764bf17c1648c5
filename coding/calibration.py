"""A coach's tries at the calibration set: codes kept line by line, and compared once all lines have one."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from coding.corpus.calibration import Calibration, calibration_set
from coding.scheme.codes import Behaviour, ClientTalk, Code, Speaker, parse_code
from models.audit import record_audit
from models.columns import utc_now
from models.double_coding import CalibrationTry
from models.errors import NotFound
from models.lock import hold_lock
from models.permissions import Actor, Permission, require_in_some_team


@dataclass(frozen=True)
class CodeResult:
    """Of `lines` with this agreed code the coach gave it to `same`; `instead` counts what they gave to the others, the
    most frequent first."""

    code: Code
    lines: int
    same: int
    instead: tuple[tuple[Code, int], ...]


@dataclass(frozen=True)
class CalibrationResult:
    """`lines` have an agreed code, of these the coach gave `same` alike. `otherwise` are the places of the others."""

    lines: int
    same: int
    by_code: tuple[CodeResult, ...]
    otherwise: tuple[int, ...]


def require_calibration(actor: Actor, conversation: str) -> Calibration:
    """For whoever codes sessions of others. Raises NotFound."""
    require_in_some_team(actor, Permission.REVIEW_SESSION)
    found = calibration_set().get(conversation)
    if found is None:
        raise NotFound("There is no such conversation in the calibration set.")
    return found


def latest_try(session: Session, person_id: UUID, conversation: str) -> CalibrationTry | None:
    tries = select(CalibrationTry).where(
        col(CalibrationTry.person_id) == person_id, col(CalibrationTry.conversation) == conversation
    )
    newest = tries.order_by(col(CalibrationTry.created_at).desc(), col(CalibrationTry.id).desc())
    return session.exec(newest.limit(1)).first()


def keep_codes(session: Session, *, conversation: str, codes: Mapping[int, str], finish: bool, by: Actor) -> None:
    """Of the try that is open, else of a new one. What is no code of its line's speaker is left out. Finishing it needs
    a code for each line (see `missing`); what was given is kept in any case.

    Raises NotFound.
    """
    known = require_calibration(by, conversation)
    hold_lock(session, f"calibration of {by.person_id}")
    row = latest_try(session, by.person_id, conversation)
    if row is None or row.finished_at is not None:
        row = CalibrationTry(person_id=by.person_id, conversation=conversation)
    row.codes = {str(place): code for place, code in codes.items() if _fits(known, place, code)}
    session.add(row)
    session.flush()
    if finish and missing(known, row) is None:
        row.finished_at = utc_now()
    record_audit(
        session, action="calibration_finished" if row.finished_at else "calibration_saved", subject=row,
        organisation_id=by.organisation_id, by=by.person_id, conversation=conversation,
    )  # fmt: skip


def missing(known: Calibration, row: CalibrationTry) -> int | None:
    """The first line without a code."""
    return next((place for place in range(len(known.lines)) if str(place) not in row.codes), None)


def result_of(known: Calibration, row: CalibrationTry) -> CalibrationResult:
    given = [parse_code(line.speaker, row.codes[str(place)]) for place, line in enumerate(known.lines)]
    pairs = [(agreed, given[place]) for place, agreed in enumerate(known.agreed) if agreed is not None]
    return CalibrationResult(
        lines=len(pairs),
        same=sum(agreed is yours for agreed, yours in pairs),
        by_code=tuple(_of_code(code, pairs) for code in (*Behaviour, *ClientTalk) if code in {one for one, _ in pairs}),
        otherwise=tuple(
            place for place, agreed in enumerate(known.agreed) if agreed is not None and agreed is not given[place]
        ),
    )


def _of_code(code: Code, pairs: list[tuple[Code, Code]]) -> CodeResult:
    given = Counter(yours for agreed, yours in pairs if agreed is code)
    instead = tuple((one, count) for one, count in given.most_common() if one is not code)
    return CodeResult(code, given.total(), given[code], instead)


def _fits(known: Calibration, place: int, code: str) -> bool:
    if not 0 <= place < len(known.lines):
        return False
    codes = Behaviour if known.lines[place].speaker is Speaker.PRACTITIONER else ClientTalk
    return code in [one.value for one in codes]
