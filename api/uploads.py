"""A new session from what was sent: a recording sealed as it arrives, a transcript file, pasted text, or JSON."""

import json
from pathlib import PurePath
from typing import Any

from fastapi import Request
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from api.house import House
from api.multipart import Received, Sink, UploadBroken, receive
from api.once import HashingSink, Once
from api.upload_sinks import RecordingSink, RefusedSink, TranscriptSink, abandon, probe_stored, sha256_of, sink_for
from coding.actions import StoredRecording, add_recording_session, add_transcript_session, check_kind
from coding.details import SessionDetails, SessionDetailsWrong, read_details
from coding.ledger_form import LEDGER_FIELDS, fields_of_participants, said_yes
from coding.speech.errors import EmptyRecording
from coding.transcript.encoding import without_control_characters
from coding.transcript.limits import Limits
from models.database import may_have_committed
from models.errors import EvokeError, TooLarge
from models.permissions import Actor
from models.practice import PracticeSession, SessionKind

_FIELDS = (
    "kind", "picked", "agreement_confirmed", "hold", "title", "held_on", "change_goal", "practitioner", "speakers",
    "hotwords", "names",
    *LEDGER_FIELDS,
)  # fmt: skip


class NothingSent(EvokeError):
    code = "nothing_sent"


class TwoThingsSent(EvokeError):
    """Taking one would lose the other without a word."""

    code = "two_things_sent"


def link_to(practice: PracticeSession) -> dict[str, Any]:
    """What a program is told of a session that was made."""
    return {"id": str(practice.id), "stage": practice.stage.value, "url": f"/api/v1/sessions/{practice.id}"}


def answer_of(added: list[PracticeSession]) -> dict[str, Any]:
    """The first, and in `sessions` every one."""
    return {**link_to(added[0]), "sessions": [link_to(practice) for practice in added]}


async def take_upload(
    request: Request, house: House, actor: Actor, *, sent: dict[str, str] | None = None, file_is_last: bool = False,
    once: Once | None = None,
) -> list[PracticeSession]:  # fmt: skip
    """Adds one session, or one for each conversation of a transcript file. All are added or none. `sent` is filled with
    the form's fields as they come, so that a page can show them again.

    Details that are wrong are told when the file begins, not when all of it has come: with `file_is_last` (the form
    gives every detail before it) those that are missing too.

    `once`: the answer is kept with what is made, and a request that was answered before makes nothing.

    Raises EvokeError with what to do; then nothing of the upload is kept. Raises AnsweredBefore.
    """
    house.limits.check_upload(actor.person_id)
    content_type = request.headers.get("content-type", "")
    opened: list[Sink] = []
    fields = {} if sent is None else sent

    def open_sink(name: str) -> Sink:
        if once is not None and once.answered is not None:
            return HashingSink()
        wrong = wrong_so_far(fields, actor, all_given=file_is_last)
        wrong = wrong or kind_refused(house, fields, actor)
        opened.append(RefusedSink(SessionDetailsWrong(wrong)) if wrong else sink_for(house, actor, name))
        return opened[-1]

    try:
        if content_type.partition(";")[0].strip().lower() == "application/json":
            return await run_in_threadpool(_add_json, house, actor, await _read_json(request, house), once)
        limit = house.settings.upload_limit_mb * 1_000_000
        received = await receive(
            content_type, request.stream(), open_sink=open_sink, file_limit=limit, fields=fields
        )  # fmt: skip
    except ClientDisconnect as error:
        await run_in_threadpool(abandon, opened)
        raise UploadBroken("The connection was lost during the upload. Try again.") from error
    except BaseException:
        await run_in_threadpool(abandon, opened)
        raise
    # From here a thread does it all, tidying up included: a request that is called off does not stop a thread.
    return await run_in_threadpool(_add_or_abandon, house, actor, received, once)


def wrong_so_far(sent: dict[str, str], actor: Actor, *, all_given: bool) -> dict[str, str]:
    """What is wrong with the details; of those not given yet nothing, unless `all_given`."""
    try:
        read_details({name: without_control_characters(text) for name, text in sent.items()}, by=actor)
    except SessionDetailsWrong as error:
        return {name: sentence for name, sentence in error.fields.items() if all_given or name in sent}
    return {}


def kind_refused(house: House, sent: dict[str, str], actor: Actor) -> dict[str, str]:
    """Of real practice that is neither let in nor to be held, before its recording is taken."""
    if sent.get("kind", "").strip() != SessionKind.REAL_PRACTICE or said_yes(sent.get("hold", "")):
        return {}
    try:
        with house.database.read() as session:
            check_kind(session, SessionKind.REAL_PRACTICE, actor.organisation_id)
    except SessionDetailsWrong as error:
        return error.fields
    return {}


def _add_or_abandon(house: House, actor: Actor, received: Received, once: Once | None) -> list[PracticeSession]:
    try:
        return _add_received(house, actor, received, once)
    except BaseException as error:
        if not may_have_committed(error):
            abandon([received.sink])
        raise


def _add_received(house: House, actor: Actor, received: Received, once: Once | None) -> list[PracticeSession]:
    if once is not None:
        once.is_known(fields=received.fields, file=received.file_name, sha256=sha256_of(received.sink))
    fields = {name: without_control_characters(text) for name, text in received.fields.items()}
    details = read_details(fields, by=actor)
    sink = received.sink
    if isinstance(sink, RefusedSink):
        raise sink.error
    pasted = fields.get("transcript", "").strip()
    if sink is not None and pasted:
        raise TwoThingsSent("There is a file and a pasted transcript too. Take one of them out and send again.")
    if isinstance(sink, RecordingSink):
        if once is None:
            sink.writer.finish()
        if sink.writer.size == 0:
            raise EmptyRecording
        stored = StoredRecording(
            session_id=sink.session_id, recording_id=sink.recording_id, storage_key=sink.writer.storage_key,
            original_name=received.file_name, size_bytes=sink.writer.size, sha256=sink.writer.sha256,
            probe=probe_stored(house, sink.session_id, sink.recording_id),
        )  # fmt: skip
        with house.database.write() as session:
            return _kept(session, [add_recording_session(session, details=details, stored=stored, by=actor)], once)
    if isinstance(sink, TranscriptSink):
        return _add_transcripts(house, actor, details, received.file_name, bytes(sink.data), once)
    if pasted:
        try:
            return _add_transcripts(house, actor, details, "pasted transcript.txt", pasted.encode(), once)
        except EvokeError as error:
            error.fields = error.fields or {"transcript": error.message}
            raise
    raise NothingSent("Choose a recording or a transcript file, or paste a transcript.")


def _add_transcripts(
    house: House, actor: Actor, details: SessionDetails, name: str, data: bytes, once: Once | None
) -> list[PracticeSession]:
    from coding.transcript.read import read_transcripts  # readers of Word, XML and the rest: megabytes, when needed

    parsed = read_transcripts(name, data, limits=Limits(file_bytes=house.settings.transcript_limit_mb * 1_000_000))
    stem = PurePath(name).stem.strip()
    with house.database.write() as session:
        added = [
            add_transcript_session(
                session, details=details, parsed=one, by=actor,
                name=stem if len(parsed) == 1 else f"{stem}: {one.transcript_id}",
            )
            for one in parsed
        ]  # fmt: skip
        return _kept(session, added, once)


def _kept(session: Session, added: list[PracticeSession], once: Once | None) -> list[PracticeSession]:
    if once is not None:
        once.keep(session, 201, answer_of(added))
    return added


async def _read_json(request: Request, house: House) -> dict[str, object]:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > house.settings.transcript_limit_mb * 1_000_000:
            raise TooLarge(f"Send at most {house.settings.transcript_limit_mb} MB of JSON.")
    try:
        sent = json.loads(bytes(body))
    except ValueError as error:
        raise UploadBroken(f"This is not JSON ({error}). Correct it and send it again.") from error
    except RecursionError as error:
        raise UploadBroken("This JSON is nested too deeply. Send turns as a plain list.") from error
    if not isinstance(sent, dict) or not isinstance(sent.get("turns"), list):
        raise UploadBroken('Send a JSON object with "turns": a list of {"speaker": …, "text": …}.')
    return sent


def _add_json(house: House, actor: Actor, sent: dict[str, object], once: Once | None) -> list[PracticeSession]:
    """Values other than text, such as a date sent as a number, are read as the text they would be in a form."""
    if once is not None:
        once.is_known(json=sent)
    fields: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for name in _FIELDS:
        value = sent.get(name)
        if name == "names" and isinstance(value, list) and all(isinstance(one, str) for one in value):
            value = "\n".join(one.replace("\n", " ") for one in value)
        if value is True:
            fields[name] = "yes"
        elif isinstance(value, str | int | float):
            fields[name] = without_control_characters(str(value))
        elif value is not None:
            wrong[name] = "Send this as text."
    if "participants" in sent:
        fields |= fields_of_participants(sent["participants"], wrong)
    if wrong:
        raise SessionDetailsWrong(wrong)
    details = read_details(fields, by=actor)
    return _add_transcripts(house, actor, details, "Transcript.json", json.dumps(sent["turns"]).encode(), once)
