"""The risks that the data-protection document names, and what this installation's settings do about each."""

from collections.abc import Callable
from dataclasses import dataclass

from models.settings import Settings


@dataclass(frozen=True)
class Risk:
    """`open` are sentences on what this installation leaves open; empty where the measures are in place."""

    what: str
    measures: tuple[str, ...]
    open: tuple[str, ...] = ()


def risks_of(settings: Settings) -> tuple[Risk, ...]:
    return tuple(Risk(what, measures, _open(checks, settings)) for what, measures, checks in _RISKS)


def _open(checks: tuple[Callable[[Settings], str], ...], settings: Settings) -> tuple[str, ...]:
    return tuple(sentence for check in checks if (sentence := check(settings)))


def _cookies(settings: Settings) -> str:
    return "" if settings.secure_cookies else "EVOKE_SECURE_COOKIES is off: set it to true behind HTTPS."


def _listens(settings: Settings) -> str:
    if settings.host in ("127.0.0.1", "localhost", "::1") or settings.secure_cookies:
        return ""
    return f"It listens on {settings.host} without HTTPS of its own: put a proxy with HTTPS before it."


def _master_key(settings: Settings) -> str:
    if settings.master_key.get_secret_value() or settings.master_key_command:
        return ""
    return "The master key lies in the data folder: evoke backup leaves it out, and so should any copy of that folder."


def _backups(settings: Settings) -> str:
    if settings.backup_key:
        return ""
    return "EVOKE_BACKUP_KEY is not set, so Evoke makes no backups: say here how they are made, and when they end."


def _ledger(settings: Settings) -> str:
    if settings.ledger_url:
        return ""
    return "EVOKE_LEDGER_URL is not set: if disk and ledger are lost together, a restore brings back what was deleted."


def _download(settings: Settings) -> str:
    return "The worker may fetch speech models from the internet by itself." if settings.whisper_download else ""


_RISKS: tuple[tuple[str, tuple[str, ...], tuple[Callable[[Settings], str], ...]], ...] = (
    (
        "Somebody sees a conversation who should not",
        ("One function decides who may see what; a stranger cannot tell that a session exists.",
         "Authorities are kept apart.", "Whoever opens or takes away a session is written down."),
        (),
    ),
    (
        "A conversation is read on its way or from a stolen disk",
        ("Recordings are sealed before they reach the disk.", "Cookies are out of reach of scripts."),
        (_cookies, _listens, _master_key),
    ),
    (
        "Data is kept longer than it is needed",
        ("A nightly job deletes recordings, then what was said, then whose the scores are, when the periods above end.",
         "Recordings that nobody sends are deleted by themselves.",
         "Who took part can take their agreement back at any time; the session goes then, with a signed proof.",
         "A backup that is restored has those deletions done again, from a ledger outside the database.",),
        (_backups, _ledger),
    ),
    (
        "A machine’s score is taken for a judgement of a person",
        ("Every machine score is marked as a draft, with its likely range and how sure people are about it.",
         "Leads see how many sessions there are, not scores of people.", "A score can be contested."),
        (),
    ),
    (
        "A conversation leaves the authority’s machines",
        ("Recordings are written down and coded on this machine; no outside service hears or reads them.",),
        (_download,),
    ),
    (
        "Somebody covers up what they did",
        ("The audit trail is a hash chain: the command “evoke audit check” names the first row that was changed.",),
        (),
    ),
)  # fmt: skip
