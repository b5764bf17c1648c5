"""How closely it may be told who is reached. Pure.

Leads see groups, never a person, so a count of fewer than five of a group, or of all but fewer than five, is told as
such and no closer. Of all together other counts are told as they are; of a team only which of the three it is, because
the teams add up to all together. Where all together, less what the other teams can have, would still pin a team down,
all together is not told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from training.figures.about import LEAST_OF, About, about
from training.figures.cells import LEAST


@dataclass(frozen=True)
class Counted:
    """Of `people`: of how many a role play or real session was ever added, and held `lately`; how many had feedback on
    `enough` sessions, and on `some`."""

    people: int
    ever: int
    lately: int
    enough: int
    some: int


@dataclass(frozen=True)
class Reach:
    """What is told of one team, or of all: how many trainees; of how many a role play or real session was ever added
    that is still kept, or never, and held in the past year; and in the past six months, of how many enough sessions,
    some, or none, had a coach's feedback. None: it is not told."""

    people: int
    never: About | None = None
    ever: About | None = None
    lately: About | None = None
    enough: About | None = None
    some: About | None = None
    without: About | None = None


def told(groups: Mapping[str, Counted], *, whole: str, shown: frozenset[str]) -> dict[str, Reach]:
    """Of those of `groups` that are in `shown`. Every person of `whole` is in one of the others."""
    teams = {key: one for key, one in groups.items() if key != whole}
    found = {key: _team(one) for key, one in teams.items() if key in shown}
    if whole not in shown:
        return found
    all_, rows = _whole(groups[whole]), [found.get(key, Reach(one.people)) for key, one in teams.items()]
    sizes = [one.people for one in rows]
    if _pinned(all_.never, [_or_any(one.never, one.people) for one in rows], sizes):
        all_ = Reach(all_.people, enough=all_.enough, some=all_.some, without=all_.without)
    if _pinned(all_.enough, [_or_any(one.enough, one.people) for one in rows], sizes):
        all_ = Reach(all_.people, never=all_.never, ever=all_.ever, lately=all_.lately)
    return {**found, whole: all_}


def _team(one: Counted) -> Reach:
    if one.people < LEAST_OF:  # few and nearly all overlap
        return Reach(one.people)
    never = _third(one.people - one.ever, one.people)
    return Reach(one.people, never, _rest(never, one.people), enough=_third(one.enough, one.people))


def _third(count: int, of: int) -> About:
    found = about(count, of)
    return About(LEAST, of - LEAST) if found.exact else found


def _whole(one: Counted) -> Reach:
    """`lately` as a part of `ever`, and `enough` as one of all who had feedback, so that no two counts taken from each
    other leave few."""
    people = one.people
    if people < LEAST_OF:
        return Reach(people)
    never, without = about(people - one.ever, people), about(people - one.enough - one.some, people)
    ever, fed = _rest(never, people), _rest(without, people)
    enough = _part(one.enough, fed)
    some = None
    if enough is not None:
        some = About(max(0, fed.least - enough.most), fed.most - enough.least)
        if enough.exact and fed.exact:
            some = About(one.some, one.some)
    return Reach(people, never, ever, _part(one.lately, ever), enough, some, without)


def _part(count: int, of: About) -> About | None:
    """Of some that are themselves told as `of`: how close must hang on that alone, or it would tell more of them."""
    if (of.exact and of.least < LEAST_OF) or of.most < LEAST:
        return About(0, of.most)  # which follows anyway
    if of.least < LEAST_OF:
        return None
    if count < LEAST:
        return About(0, LEAST - 1)
    if of.least - count < LEAST:
        return About(of.least - LEAST + 1, of.most)
    return About(count, count)


def _rest(one: About, of: int) -> About:
    return About(of - one.most, of - one.least)


def _or_any(one: About | None, people: int) -> About:
    return one or About(0, people)


def _pinned(all_: About | None, rows: Sequence[About], sizes: Sequence[int]) -> bool:
    """Whether what is told of all leaves a team fewer possible counts than few are, unless it is one between few and
    nearly all. Whoever reads it may know how many are in a team that is not shown."""
    if all_ is None:
        return False
    least, most = sum(one.least for one in rows), sum(one.most for one in rows)
    for one, size in zip(rows, sizes, strict=True):
        low = max(one.least, all_.least - (most - one.most))
        high = min(one.most, all_.most - (least - one.least))
        between = low >= LEAST and high <= size - LEAST
        if not between and high - low < min(LEAST - 1, size):
            return True
    return False
