"""How far two coders count the same in each volley, which is what MITI scores rest on."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coding.agreement.align import Alignment, align
from coding.agreement.from_draws import share, statistic
from coding.agreement.kappa import kappa_of_counts, why_not_of_code
from coding.agreement.statistic import Statistic, WhyNot
from coding.coder.chance import DRAWS, Draws
from coding.scheme.codes import Behaviour, Code, CodedUtterance
from coding.scheme.counts import volley_codes
from coding.scheme.volleys import volley_indices

_CODES = Behaviour.counted()


@dataclass(frozen=True)
class VolleyPair:
    """What each counts in the same stretch of the practitioner's talk. `alike` unless one of them drew several volleys
    there, or none."""

    first: frozenset[Behaviour]
    second: frozenset[Behaviour]
    alike: bool = True


@dataclass(frozen=True)
class CodeInVolleys:
    """In how many volleys both, the first, and the second count the code."""

    code: Behaviour
    both: int
    first: int
    second: int
    kappa: Statistic


@dataclass(frozen=True)
class VolleyAgreement:
    """`micro_f1` is twice what both count by what either counts, over all codes, 0–1; `same` the share of volleys in
    which both count exactly the same. `alike` counts volleys that both drew the same."""

    volleys: int
    alike: int
    micro_f1: Statistic
    same: Statistic
    by_code: tuple[CodeInVolleys, ...]


def volley_pairs(
    first: Sequence[CodedUtterance], second: Sequence[CodedUtterance], aligned: Alignment | None = None
) -> tuple[VolleyPair, ...]:
    """Of two codings of one transcript; `aligned` saves laying them side by side once more.

    A code or a word mended can end a volley for one coder alone. Volleys that share words are therefore put together
    until none reaches over into another, so that neither coder's lines are held to be the right ones.
    """
    here, there = volley_indices(first), volley_indices(second)
    stretches: list[tuple[set[int], set[int]]] = []
    for one, other in (aligned or align(first, second)).words:
        index, other_index = here[one], there[other]
        if index is None or other_index is None:
            continue
        if not stretches or (index not in stretches[-1][0] and other_index not in stretches[-1][1]):
            stretches.append((set(), set()))
        stretches[-1][0].add(index)
        stretches[-1][1].add(other_index)
    for side, indices in enumerate((here, there)):
        found = set().union(*(stretch[side] for stretch in stretches))
        alone = {index for index in indices if index is not None} - found
        stretches += [(set(), {index}) if side else ({index}, set()) for index in sorted(alone)]
    mine, theirs = _codes_by_volley(first, here), _codes_by_volley(second, there)
    return tuple(
        VolleyPair(
            volley_codes(code for index in side for code in mine[index]),
            volley_codes(code for index in other for code in theirs[index]),
            alike=len(side) == len(other) == 1,
        )
        for side, other in stretches
    )


def volley_agreement(sessions: Sequence[Sequence[VolleyPair]], *, seed: int = 0, draws: int = DRAWS) -> VolleyAgreement:
    """Intervals are from draws of whole sessions, and for one code rest on the sessions that have it."""
    sessions = [session for session in sessions if session]
    tallies = np.array([_tally(session) for session in sessions]).reshape(len(sessions), 3, len(_CODES))
    items = np.array([[len(session), sum(one.first == one.second for one in session)] for session in sessions])
    items = items.reshape(len(sessions), 2).astype(np.float64)
    weights = np.vstack([np.ones(len(sessions)), Draws(len(sessions), seed, draws).weights])
    both, first, second = np.moveaxis(np.tensordot(weights, tallies, axes=1), 1, 0)
    number, same = (weights @ items).T
    kappas = kappa_of_counts(both, first, second, number[:, None])
    whole, seen_in = tallies.sum(axis=0).astype(int).tolist(), (tallies.sum(axis=1) > 0).sum(axis=0).tolist()
    size, volleys = len(sessions), int(number[0])
    nothing = WhyNot.NOTHING_TWICE
    return VolleyAgreement(
        volleys=volleys,
        alike=sum(one.alike for session in sessions for one in session),
        micro_f1=share(
            2 * both.sum(axis=1), (first + second).sum(axis=1), items=volleys, sessions=size,
            missing=WhyNot.NO_CODES if volleys else nothing,
        ),
        same=share(same, number, items=volleys, sessions=size, missing=nothing),
        by_code=tuple(
            CodeInVolleys(
                code, whole[0][place], whole[1][place], whole[2][place],
                statistic(
                    float(kappas[0, place]), kappas[1:, place], items=volleys, sessions=size, least=-1,
                    missing=why_not_of_code(volleys, seen_in[place]), resting_on=seen_in[place],
                ),
            )
            for place, code in enumerate(_CODES)
        ),
    )  # fmt: skip


def _codes_by_volley(
    said: Sequence[CodedUtterance], indices: Sequence[int | None]
) -> defaultdict[int | None, list[Code | None]]:
    codes: defaultdict[int | None, list[Code | None]] = defaultdict(list)
    for one, index in zip(said, indices, strict=True):
        codes[index].append(one.code)
    return codes


def _tally(session: Sequence[VolleyPair]) -> list[list[int]]:
    """By code, the volleys in which both, the first, and the second count it."""
    return [
        [sum(code in one.first & one.second for one in session) for code in _CODES],
        [sum(code in one.first for one in session) for code in _CODES],
        [sum(code in one.second for one in session) for code in _CODES],
    ]
