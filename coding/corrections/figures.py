"""How far the machine and the coaches who began from its codes say the same, as values to keep. Needs numpy."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from coding.agreement.kappa import KappaByCode, kappa_by_code
from coding.agreement.statistic import Statistic
from coding.corrections.groups import LEAST_LINES, Checked, enough, groups_of
from coding.corrections.pairs import CODES
from coding.scheme.codes import Speaker


def figures_of(sessions: Sequence[Checked]) -> dict[str, Any]:
    """By version of the coder, the one of most sessions first; figures are None where there are too few."""
    by_version: dict[str, list[Checked]] = defaultdict(list)
    for one in sessions:
        by_version[one.model_version].append(one)
    ordered = sorted(by_version.items(), key=lambda item: (-len(item[1]), item[0]))
    return {"versions": [{"version": version, **_of_version(some)} for version, some in ordered]}


def _of_version(sessions: Sequence[Checked]) -> dict[str, Any]:
    shown = enough(sessions)
    return {
        "sessions": len(sessions),
        "figures": _figures(sessions) if shown else None,
        "teams": [
            {
                "team_id": str(group.team_id) if group.team_id else None,
                "teams": group.teams,
                "sessions": len(group.sessions),
                "figures": _figures(group.sessions),
            }
            for group in (groups_of(sessions) if shown else [])
        ],
    }


def _figures(sessions: Sequence[Checked]) -> dict[str, Any]:
    return {
        "lines": sum(one.lines for one in sessions),
        "anew": sum(one.anew for one in sessions),
        **{role.value: _of_role(sessions, role) for role in Speaker},
    }


def _of_role(sessions: Sequence[Checked], role: Speaker) -> dict[str, Any]:
    codes = [code.value for code in CODES[role]]
    found = kappa_by_code([_pairs(one, role) for one in sessions], codes)
    return {
        "same": _statistic(found.same),
        "kappa": _statistic(found.kappa),
        "codes": [_of_code(found, sessions, role, number) for number in range(len(codes))],
    }


def _pairs(one: Checked, role: Speaker) -> list[tuple[str, str]]:
    counts = one.counts[role.value]
    return [
        (machine, person)
        for machine, by_person in counts.items()
        for person, times in by_person.items()
        for _ in range(times)
    ]


def _of_code(found: KappaByCode[str], sessions: Sequence[Checked], role: Speaker, number: int) -> dict[str, Any]:
    """`machine` and `coach` are lines that each gave it, `both` those that both did, in so many `sessions`."""
    code = found.codes[number]
    machine, coach = sum(found.table[number]), sum(row[number] for row in found.table)
    both = found.table[number][number]
    few = machine + coach - both < LEAST_LINES
    return {
        "code": code,
        "machine": machine,
        "coach": coach,
        "both": both,
        "sessions": sum(any(code in pair for pair in _pairs(one, role)) for one in sessions),
        "kappa": None if few else _statistic(found.by_code[number]),
    }


def _statistic(one: Statistic) -> dict[str, Any]:
    return {"value": one.value, "low": one.low, "high": one.high, "why": one.why.value if one.why else None}
