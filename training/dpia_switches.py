"""What administrators switched on in the pages, which is in the database and not in the settings."""

from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from sqlmodel import Session, col, select

from coding.consent import real_practice_is_on
from coding.retention import periods_of
from coding.retention_periods import Periods
from models.cmi5_systems import systems_of
from models.lti import LtiScores
from models.lti_platforms import platforms_of
from models.organisation import Organisation, OrganisationKind
from models.parent_writer import ParentWriter, parent_writer_of
from models.retention import Part
from models.single_sign_on_kept import SingleSignOn
from models.webhook_actions import webhooks_of
from models.xapi import xapi_connection_of
from models.xapi_kept import ActorForm, XapiConnection
from training.session_lists import KIND_SHOWN

_REAL_PRACTICE = {True: "switched ON: conversations with families may be added", False: "off: families’ are refused"}


@dataclass(frozen=True)
class Switches:
    """`lines` are names and values, and so are `periods`, of what is kept how long; `outside` are sentences on whom the
    installation talks to because of them."""

    lines: tuple[tuple[str, str], ...] = (
        ("What administrators switched on", "not known: the database could not be read"),
    )
    outside: tuple[str, ...] = ()
    periods: tuple[tuple[str, str], ...] = (("Sessions", "not known: the database could not be read"),)


def read_switches(session: Session, organisation_id: UUID | None = None) -> Switches:
    """Of one authority, else of all."""
    query = select(Organisation).where(col(Organisation.kind) == OrganisationKind.AUTHORITY)
    if organisation_id is not None:
        query = query.where(col(Organisation.id) == organisation_id)
    lines: list[tuple[str, str]] = []
    outside: list[str] = []
    periods: list[tuple[str, str]] = []
    for one in session.exec(query.order_by(col(Organisation.name))).all():
        lines.append((f"{one.name}: real practice", _REAL_PRACTICE[real_practice_is_on(session, one.id)]))
        lines.append((f"{one.name}: evaluators see pseudonymous figures", "yes" if one.evaluation_opt_in else "no"))
        of_kinds = periods_of(session, one.id).items()
        periods += [(f"{one.name}: {KIND_SHOWN[kind].lower()}", _periods(kept)) for kind, kept in of_kinds]
        provider = session.exec(select(SingleSignOn).where(col(SingleSignOn.organisation_id) == one.id)).first()
        lines.append((f"{one.name}: single sign-on", _provider(provider)))
        if provider is not None:
            outside.append(f"The identity provider at {urlsplit(provider.issuer).netloc}: who signs in, nothing else.")
        store = xapi_connection_of(session, one.id)
        lines.append((f"{one.name}: a learning record store hears what people completed", _store(store)))
        if store is not None:
            outside.append(
                f"The learning record store at {store.host}: who completed what and when, {_NAMED[store.actor_form]}; "
                "no word of a conversation."
            )
        writer = parent_writer_of(session, one.id)
        lines.append((f"{one.name}: a program puts simulated parents in words", _writer(writer)))
        if writer is not None and writer.is_on:
            outside.append(
                f"The program at {writer.host}: what trainees type to simulated parents and what these answer, without "
                "who says it."
            )
        for platform in platforms_of(session, one.id):
            outside.append(f"The learning platform at {urlsplit(platform.issuer).netloc}: {_TOLD[platform.scores]}.")
        for system in systems_of(session, one.id):
            outside.append(
                f"The learning system at {system.host}: that somebody whom it sent began, completed and left a module, "
                "by their account there; no score."
            )
        for webhook in webhooks_of(session, one.id):
            outside.append(
                f"The webhook at {webhook.host}: what happened to which session and who completed which module, "
                "as far as that was chosen, by ids, without a word, a code or a score."
            )
    none = (("Authorities", "none yet"),)
    return Switches(tuple(lines) or none, tuple(outside), tuple(periods) or none)


def _periods(kept: Periods) -> str:
    return (
        f"Recordings {kept.shown(Part.RECORDING)}; what was said {kept.shown(Part.WORDS)}; scores of a person "
        f"{kept.shown(Part.SCORES)}."
    )


_NAMED = {
    ActorForm.PSEUDONYM: "under pseudonyms",
    ActorForm.EMAIL: "by work email address",
    ActorForm.ACCOUNT: "by their account in the learning system",
}


_TOLD = {
    LtiScores.COMPLETION: "that somebody whom it sent did a module, a talk or a role play; no score",
    LtiScores.SIGNED: "that somebody whom it sent did a module, a talk or a role play, and of a role play the mean of "
    "a coach’s ratings",
}


def _store(store: XapiConnection | None) -> str:
    if store is None:
        return "no"
    scores = "with" if store.sends_scores else "without"
    return f"yes, {store.host}, people {_NAMED[store.actor_form]}, {scores} the program’s scores of exercises"


def _writer(writer: ParentWriter | None) -> str:
    if writer is None or not writer.is_on:
        return "no"
    return f"yes, {writer.model} at {writer.host}"


def _provider(provider: SingleSignOn | None) -> str:
    if provider is None:
        return "off"
    return f"{provider.issuer}{', the only way to sign in' if provider.only_way else ''}"
