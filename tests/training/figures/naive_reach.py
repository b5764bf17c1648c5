"""Who is reached and what was agreed to, recomputed slowly from the raw rows: plain SQL, plain sums, and none of the
application's own helpers."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from tests.training.figures.naive import ask

FIELDS = ("people", "ever", "lately", "enough", "some")
TOLD = ("never", "ever", "lately", "enough", "some", "without")
SCOPES = ("supervision", "team_learning", "improving", "research", "quoting")
LEAST = 5


def reached(session: Session, organisation_id: str, now: datetime) -> dict[str, list[dict[str, bool]]]:
    """Of each trainee, by the whole and by their first team, what counts them where."""
    found: dict[str, list[dict[str, bool]]] = defaultdict(list)
    trainees = ask(
        session,
        "SELECT DISTINCT p.id FROM person p JOIN role_grant g ON g.person_id = p.id AND g.role = 'trainee' "
        "AND g.ended_at IS NULL WHERE p.organisation_id = :of AND p.left_at IS NULL AND p.invited_at IS NULL",
        of=organisation_id,
    )
    for (person,) in trainees:
        teams = ask(
            session,
            "SELECT t.name, t.id FROM team_membership m JOIN team t ON t.id = m.team_id WHERE m.person_id = :of "
            "AND m.started_on <= :today AND (m.ended_on IS NULL OR m.ended_on >= :today) ORDER BY t.name",
            of=person, today=f"{now:%Y-%m-%d}",
        )  # fmt: skip
        practices = ask(
            session,
            "SELECT id, kind, held_on FROM practice_session WHERE practitioner_id = :of AND withdrawn_at IS NULL",
            of=person,
        )
        held = [date.fromisoformat(day) for _, kind, day in practices if kind in ("role_play", "real_practice")]
        fed = sum(_first_sent(session, practice, now) for practice, _, _ in practices)
        one = {
            "people": True, "ever": bool(held),
            "lately": any(day > now.date() - timedelta(days=365) for day in held), "enough": fed >= 3,
            "some": fed in (1, 2),
        }  # fmt: skip
        found["whole"].append(one)
        found[f"team:{_dashed(teams[0][1]) if teams else '-'}"].append(one)
    return found


def _first_sent(session: Session, practice: str, now: datetime) -> bool:
    """Whether its first feedback was in the past six months."""
    sent = ask(session, "SELECT sent_at FROM feedback WHERE session_id = :of AND sent_at IS NOT NULL", of=practice)
    days = [_moment(at) for (at,) in sent]
    return bool(days) and min(days) > now - timedelta(days=182)


def sums(people: list[dict[str, bool]]) -> dict[str, int]:
    return {field: sum(person[field] for person in people) for field in FIELDS}


def compare_reach(found: dict[str, dict[str, Any]], raw: dict[str, list[dict[str, bool]]]) -> None:
    """Each group that is told has its people, and every count within what is told of it. Those that are not told are
    five people or more together."""
    large = {key for key, people in raw.items() if len(people) >= LEAST}
    assert set(found) <= large
    assert ("whole" in found) == ("whole" in large)
    if large == set(raw):
        assert set(found) == large
    for key, one in found.items():
        true = sums(raw[key])
        assert one["people"] == true["people"], key
        true |= {"never": true["people"] - true["ever"], "without": true["people"] - true["enough"] - true["some"]}
        for field in TOLD:
            assert one[field] is None or one[field]["least"] <= true[field] <= one[field]["most"], (key, field)
    untold = sum(len(people) for key, people in raw.items() if key != "whole" and key not in found)
    assert not found or untold == 0 or untold >= LEAST


def consented(
    session: Session, organisation_id: str, now: datetime, since: str, before: str
) -> dict[str, Any] | None:  # fmt: skip
    """`since` and `before` are months, such as 2025-11."""
    practices = ask(
        session,
        "SELECT id, practitioner_id, problem_code, created_at FROM practice_session WHERE organisation_id = :of "
        "AND withdrawn_at IS NULL AND kind = 'real_practice'",
        of=organisation_id,
    )
    held = [one for one in practices if since <= one[3][:7] < before]
    if len(held) < 2 * LEAST or len({person for _, person, _, _ in held}) < LEAST:
        return None
    gone = ask(session, "SELECT why, at FROM withdrawal WHERE organisation_id = :of", of=organisation_id)
    withdrawn = sum(why in ("asked", "agreement_ended") and since <= at[:7] < before for why, at in gone)
    agreed = {scope: sum(_all_agreed(session, one[0], scope, now) for one in held) for scope in SCOPES}
    return {
        "sessions": len(held),
        "waiting": _about(sum(code == "agreement_missing" for _, _, code, _ in held), len(held)),
        "agreed": {scope: _about(count, len(held)) for scope, count in agreed.items()},
        "withdrawn": _about(withdrawn, 10**9),
    }


def _all_agreed(session: Session, practice: str, scope: str, now: datetime) -> bool:
    people = ask(session, "SELECT id FROM participant WHERE session_id = :of", of=practice)
    return bool(people) and all(_agreed(session, one, scope, now) for (one,) in people)


def _agreed(session: Session, participant: str, scope: str, now: datetime) -> bool:
    """What was said last holds, on its last day too."""
    words = ask(
        session,
        "SELECT created_at, given, expires_on FROM agreement WHERE participant_id = :of AND scope = :scope "
        "ORDER BY created_at DESC",
        of=participant, scope=scope,
    )  # fmt: skip
    return bool(words and words[0][1] and (words[0][2] is None or words[0][2] >= f"{now:%Y-%m-%d}"))


def _about(count: int, of: int) -> dict[str, int]:
    if count < LEAST:
        return {"least": 0, "most": LEAST - 1}
    return {"least": of - LEAST + 1, "most": of} if of - count < LEAST else {"least": count, "most": count}


def _dashed(id_: str) -> str:
    return f"{id_[:8]}-{id_[8:12]}-{id_[12:16]}-{id_[16:20]}-{id_[20:]}"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
