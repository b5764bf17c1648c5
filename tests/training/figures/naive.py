"""What a dashboard must say, recomputed slowly from the raw rows of codes and ratings, by none of the application's own
helpers: plain SQL, plain sums, and formulas as they stand in books."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from math import inf, sqrt
from uuid import UUID

from scipy import stats
from sqlalchemy import text
from sqlmodel import Session

Pair = tuple[Fraction, Fraction]
REFLECTIONS, ADHERENT, NOT_ADHERENT = ("SR", "CR"), ("AF", "Seek", "Emphasize"), ("Confront", "Persuade")


@dataclass
class Told:
    """What one session says in one stream. `counts` is by code; questions by kind are there as "open" and "closed"."""

    session: str
    person: str
    team: str
    site: str
    discipline: str
    joined: str
    month: str
    counts: Counter[str]
    ratings: dict[str, int]


def told_by_slice(session: Session, organisation_id: UUID) -> dict[str, list[Told]]:
    """Of every session that is there and ready, by kind, picked and stream."""
    found: dict[str, list[Told]] = defaultdict(list)
    sessions = ask(
        session,
        "SELECT s.id, s.kind, s.picked, s.practitioner_id, s.team_id, t.site, p.discipline FROM practice_session s "
        "JOIN person p ON p.id = s.practitioner_id LEFT JOIN team t ON t.id = s.team_id "
        "WHERE s.organisation_id = :of AND s.withdrawn_at IS NULL AND s.stage = 'ready'",
        of=organisation_id.hex,
    )
    for id_, kind, picked, person, team, site, discipline in sessions:
        codings = ask(
            session,
            "SELECT c.id, c.coded_by, c.created_at, v.version FROM coding c "
            "JOIN transcript_version v ON v.id = c.transcript_id WHERE v.session_id = :of AND c.id NOT IN "
            "(SELECT made_coding_id FROM review WHERE blind AND made_coding_id IS NOT NULL)",
            of=id_,
        )
        ((joined,),) = ask(session, "SELECT min(started_on) FROM team_membership WHERE person_id = :of", of=person)
        for stream in ("machine", "person"):
            own = [one for one in codings if one[1] == stream]
            if not own:
                continue
            newest = max(own, key=lambda one: (one[3] if stream == "machine" else 0, one[2], one[0]))
            first = min(datetime.fromisoformat(one[2]) for one in own)
            found[f"{kind}.{picked}.{stream}"].append(
                Told(
                    id_, person, str(UUID(team)) if team else "-", site or "-", discipline or "-",
                    joined[:4] if joined else "-", f"{first:%Y-%m}", _counts(session, newest[0]),
                    dict(ask(session, "SELECT name, value FROM rating WHERE coding_id = :of", of=newest[0])),
                )
            )  # fmt: skip
    return found


def _counts(session: Session, coding: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    volleys: dict[int, set[str]] = defaultdict(set)
    for code, subtype, volley in ask(
        session, "SELECT code, subtype, volley FROM code WHERE coding_id = :of", of=coding
    ):
        if volley is None:
            counts[code] += 1
        else:
            volleys[volley].add(code)
        if code == "Q" and subtype:
            counts[subtype] += 1
    for codes in volleys.values():
        counts.update(
            code for code in codes
            if not (code == "NC" or (code == "SR" and "CR" in codes) or (code == "Persuade" and "PWP" in codes))
        )  # fmt: skip
    return counts


def ask(session: Session, question: str, **values: str) -> list[tuple]:  # type: ignore[type-arg]
    return [tuple(row) for row in session.execute(text(question), values)]


def months_until(day: date, count: int = 24) -> list[str]:
    """The months that ended before, the earliest first."""
    before = [divmod(day.year * 12 + day.month - 1 - back, 12) for back in range(count, 0, -1)]
    return [f"{year}-{month + 1:02}" for year, month in before]


def cells(told: Iterable[Told], months: list[str]) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = defaultdict(list)
    for one in told:
        if one.month not in months:
            continue
        at = months.index(one.month)
        keys = ["span", f"month:{one.month}", f"block:{one.team}:{at // 3}"]
        if at >= 12:
            keys += [
                "whole", f"team:{one.team}", f"discipline:{one.discipline}", f"site:{one.site}", f"joined:{one.joined}"
            ]  # fmt: skip
        for key in keys:
            found[key].append(one)
    return dict(found)


def _sum(one: Told, codes: Iterable[str]) -> Fraction:
    return Fraction(sum(one.counts[code] for code in codes))


def _reaches(ratio: int, percent: int) -> Callable[[Told], Pair | None]:
    def of(one: Told) -> Pair | None:
        reflections, questions = _sum(one, REFLECTIONS), _sum(one, ["Q"])
        if not reflections or not questions:
            return None
        yes = reflections / questions >= ratio and one.counts["CR"] / reflections >= Fraction(percent, 100)
        return Fraction(yes), Fraction(1)

    return of


def _rated(*names: str) -> Callable[[Told], Pair | None]:
    def of(one: Told) -> Pair | None:
        if any(name not in one.ratings for name in names):
            return None
        return Fraction(sum(one.ratings[name] for name in names), len(names)), Fraction(1)

    return of


SHARE, RATIO, RATING = (0.0, 1.0), (0.0, inf), (1.0, 5.0)
MEASURES: dict[str, tuple[tuple[float, float], Callable[[Told], Pair | None]]] = {
    "at_fair": (SHARE, _reaches(1, 40)),
    "at_good": (SHARE, _reaches(2, 50)),
    "reflection_to_question": (RATIO, lambda one: (_sum(one, REFLECTIONS), _sum(one, ["Q"]))),
    "percent_complex_reflections": (SHARE, lambda one: (_sum(one, ["CR"]), _sum(one, REFLECTIONS))),
    "mi_adherent_in_a_session": (RATIO, lambda one: (_sum(one, ADHERENT), Fraction(1))),
    "mi_non_adherent_in_a_session": (RATIO, lambda one: (_sum(one, NOT_ADHERENT), Fraction(1))),
    "percent_change_talk": (SHARE, lambda one: (_sum(one, ["CT"]), _sum(one, ["CT", "ST"]))),
    "percent_open_questions": (SHARE, lambda one: (_sum(one, ["open"]), _sum(one, ["open", "closed"]))),
    "technical_global": (RATING, _rated("cultivating_change_talk", "softening_sustain_talk")),
    "relational_global": (RATING, _rated("partnership", "empathy")),
    "purposefulness": (RATING, _rated("purposefulness")),
    "clarity_about_concerns": (RATING, _rated("clarity_about_concerns")),
    "child_focus": (RATING, _rated("child_focus")),
}


def pairs(measure: str, told: Iterable[Told]) -> list[tuple[str, Fraction, Fraction]]:
    """Of each session that adds something: its person, its numerator, its denominator."""
    of = MEASURES[measure][1]
    return [(one.person, *pair) for one in told if (pair := of(one)) is not None and any(pair)]


def figure(measure: str, told: Iterable[Told]) -> tuple[float, float, float, int, int]:
    """Value, low, high, sessions, people. The variance is that of a ratio of sums over people who were drawn, with the
    correction for few of them; where they do not differ at all it is Wilson's interval for as many chances."""
    found, within = pairs(measure, told), MEASURES[measure][0]
    value = sum(r for _, r, _ in found) / sum(q for _, _, q in found)
    people = {person for person, _, _ in found}
    off = [sum(r - value * q for person, r, q in found if person == one) for one in people]
    below, count = sum(q for _, _, q in found), len(people)
    variance = sum(one**2 for one in off) * Fraction(count, count - 1) / below**2
    if variance == 0:
        return (float(value), *_alike(float(value), count, within), len(found), count)
    half = float(stats.t.ppf(0.95, count - 1)) * sqrt(variance)
    low, high = max(within[0], float(value) - half), min(within[1], float(value) + half)
    return float(value), low, high, len(found), count


def _alike(value: float, people: int, within: tuple[float, float]) -> tuple[float, float]:
    least, most = within
    if most == inf:
        low, high = _wilson(value / (1 + value), people)
        return low / (1 - low), high / (1 - high)
    low, high = _wilson((value - least) / (most - least), people)
    return least + (most - least) * low, least + (most - least) * high


def _wilson(share: float, n: int) -> tuple[float, float]:
    """The two shares that lie just so far from it: the roots of (share − p)² = z² p (1 − p) / n."""
    z2 = float(stats.norm.ppf(0.95)) ** 2
    a, b, c = 1 + z2 / n, -(2 * share + z2 / n), share**2
    root = sqrt(max(0.0, b * b - 4 * a * c))
    return max(0.0, (-b - root) / (2 * a)), min(1.0, (-b + root) / (2 * a))
