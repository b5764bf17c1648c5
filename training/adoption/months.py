"""Whole months, by their first day. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta


def month_after(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def month_before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def last_day(month: date) -> date:
    return month_after(month) - timedelta(days=1)


def months_between(first: date, last: date) -> Iterator[date]:
    """Both included."""
    while first <= last:
        yield first
        first = month_after(first)


def last_finished(today: date) -> date:
    """The last month that is over."""
    return month_before(today.replace(day=1))
