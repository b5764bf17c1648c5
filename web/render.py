"""Templates to HTML: one strict environment, and the few filters that make values readable."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from web.gauge import gauge
from web.navigation import menu

TEMPLATES = Path(__file__).parent / "templates"


def asset(name: str) -> str:
    """Where a built stylesheet or script is served."""
    return f"/static/built/{name}"


def shown_date(value: date) -> str:
    """ "24 November 2026"; takes a datetime too."""
    return f"{value.day} {value:%B %Y}"


def _clock() -> ZoneInfo | None:
    """Of those who read; None, which is the machine's own, where it does not know their time zone."""
    try:
        return ZoneInfo("Europe/London")
    except ZoneInfoNotFoundError:
        return None


def shown_moment(value: datetime) -> str:
    """ "24 November 2026, 9:05 am"; today's and yesterday's by name."""
    local, now = value.astimezone(_clock()), datetime.now(_clock())
    names = {now.date(): "today", now.date() - timedelta(days=1): "yesterday"}
    return f"{names.get(local.date(), shown_date(local))}, {_time(local)}"


def written_date(text: str) -> str:
    """ "2026-11-24" as it is shown elsewhere."""
    return shown_date(date.fromisoformat(text))


def written_moment(text: str) -> str:
    """ "2026-11-24T09:05:00+00:00" for a file, which says neither today nor yesterday."""
    local = datetime.fromisoformat(text).astimezone(_clock())
    return f"{shown_date(local)}, {_time(local)}"


def _time(local: datetime) -> str:
    return f"{local.hour % 12 or 12}:{local:%M} {'pm' if local.hour >= 12 else 'am'}"


def shown_seconds(value: float) -> str:
    """ "3:07", and "1:02:09" from an hour on."""
    minutes, seconds = divmod(int(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def shown_share(value: float) -> str:
    """A probability for people: "87 %". Rounding never makes a share certain or impossible."""
    percent = round(value * 100)
    if percent == 100 and value < 1:
        return "over 99 %"
    return "under 1 %" if percent == 0 and value > 0 else f"{percent} %"


def codes_and_shares(shares: Iterable[tuple[str, float]], names: Mapping[str, str]) -> str:
    """ "Change talk (21 %), Sustain talk (8 %)": each code by its name, or as it is where it has none."""
    return ", ".join(f"{names.get(code, code)} ({shown_share(share)})" for code, share in shares)


def with_commands(sentence: str) -> Markup:
    """What stands between backquotes is a command, and shown as one."""
    parts = sentence.split("`")
    return Markup("").join(Markup("<code>{}</code>").format(one) if at % 2 else one for at, one in enumerate(parts))


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.globals |= {"asset": asset, "gauge": gauge, "menu": menu}
    environment.filters |= {"date": shown_date, "moment": shown_moment, "seconds": shown_seconds, "share": shown_share}
    environment.filters |= {"commands": with_commands, "codes_and_shares": codes_and_shares}
    environment.filters |= {"written_date": written_date, "written_moment": written_moment}
    return environment


_ENVIRONMENT = _environment()


def render(template: str, *, nonce: str, person: object | None, **context: Any) -> str:
    """`nonce` is the request's own, for its script tags; `person` whoever is signed in (needs `.name`).

    Raises jinja2.UndefinedError when the template asks for something it was not given.
    """
    return _ENVIRONMENT.get_template(template).render(nonce=nonce, person=person, **context)
