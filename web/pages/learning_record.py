"""A person's own record of learning, for their portfolio."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from api.house import House, TheHouse
from coding.transcript.encoding import without_control_characters
from models.certificate import LearningKind
from models.columns import utc_now
from models.errors import EvokeError
from training.progress.certificates import certificates_of
from training.progress.papers import ask_paper, paper_file, paper_of
from training.progress.record import Entry, EntryWords, delete_entry, entries_of, own_entry, write_entry
from training.progress.suggested import suggested_entries, suggestion
from web.pages.people_forms import Text
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(prefix="/progress/record", include_in_schema=False)
DONE = {"kept": "Your entry is kept.", "deleted": "The entry is deleted."}


@dataclass(frozen=True)
class _Form:
    """What the form of an entry sends, as text."""

    kind: str = LearningKind.OTHER.value
    about: str = ""
    what: str = ""
    on: str = ""
    minutes: str = ""
    learned: str = ""
    changed: str = ""
    peer: str = ""

    @classmethod
    def of(cls, entry: Entry) -> "_Form":
        words = entry.words
        return cls(
            entry.kind.value, entry.about, words.what, entry.on.isoformat(), str(entry.minutes), words.learned,
            words.changed, words.peer,
        )  # fmt: skip


@router.get("")
def record_page(house: TheHouse, member: SignedInMember, done: str = "") -> Response:
    return _record(house, member, done=DONE.get(done, ""))


def _record(
    house: House, member: Member, *, done: str = "", error: EvokeError | None = None, since: str = "", until: str = ""
) -> Response:
    today = utc_now().date()
    with house.database.read() as session:
        entries = entries_of(session, member.actor.person_id)
        paper = paper_of(session, by=member.actor)
        certificates = certificates_of(session, member.actor.person_id)
        suggested = suggested_entries(session, by=member.actor, written=entries)
    values = {"since": since or date(today.year - 1, today.month, 1).isoformat(), "until": until or today.isoformat()}
    return member.page(
        "learning_record.html", status=error.status if error else 200, entries=entries, paper=paper,
        certificates=certificates, suggested=suggested, values=values, errors=error.fields if error else {}, done=done,
    )  # fmt: skip


@router.get("/new")
def new_entry_page(house: TheHouse, member: SignedInMember, kind: str = "", about: str = "") -> Response:
    form = _Form(on=utc_now().date().isoformat())
    if kind in list(LearningKind) and about:
        with house.database.read() as session:
            found = suggestion(session, LearningKind(kind), about, by=member.actor)
        if found is not None:
            form = _Form(kind, about, found.what, found.on.isoformat(), str(found.minutes or ""))
    return _entry_page(member, form, entry_id=None)


def _entry_page(
    member: Member, form: _Form, *, entry_id: UUID | None, error: EvokeError | None = None
) -> Response:  # fmt: skip
    return member.page(
        "learning_entry.html", status=error.status if error else 200, values=form, entry_id=entry_id,
        errors=error.fields if error else {},
    )  # fmt: skip


@router.post("")
def add_entry(
    house: TheHouse, member: SignedInMember, kind: Text = "", about: Text = "", what: Text = "", on: Text = "",
    minutes: Text = "", learned: Text = "", changed: Text = "", peer: Text = "",
) -> Response:  # fmt: skip
    return _write(house, member, None, _Form(kind, about, what, on, minutes, learned, changed, peer))


@router.post("/paper")
def make_paper(house: TheHouse, member: SignedInMember, since: Text = "", until: Text = "") -> Response:
    try:
        with house.database.write() as session:
            ask_paper(session, since=_day(since), until=_day(until), by=member.actor)
    except EvokeError as error:
        first, last = without_control_characters(since), without_control_characters(until)
        return _record(house, member, error=error, since=first, until=last)
    return see_other("/progress/record")


@router.get("/paper.pdf")
def get_paper(house: TheHouse, member: SignedInMember) -> Response:
    with house.database.read() as session:
        clear = paper_file(session, by=member.actor)
    headers = {"content-disposition": 'attachment; filename="record-of-learning.pdf"'}
    return Response(clear, media_type="application/pdf", headers=headers)


@router.get("/{entry_id}")
def entry_page(entry_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.read() as session:
        entry = own_entry(session, entry_id, by=member.actor)
    return _entry_page(member, _Form.of(entry), entry_id=entry_id)


@router.post("/{entry_id}")
def change_entry(
    entry_id: UUID, house: TheHouse, member: SignedInMember, kind: Text = "", about: Text = "", what: Text = "",
    on: Text = "", minutes: Text = "", learned: Text = "", changed: Text = "", peer: Text = "",
) -> Response:  # fmt: skip
    return _write(house, member, entry_id, _Form(kind, about, what, on, minutes, learned, changed, peer))


@router.post("/{entry_id}/delete")
def remove_entry(entry_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.write() as session:
        delete_entry(session, entry_id, by=member.actor)
    return see_other("/progress/record?done=deleted")


def _write(house: House, member: Member, entry_id: UUID | None, form: _Form) -> Response:
    clean = {name: without_control_characters(text) for name, text in vars(form).items()}
    kind = LearningKind(form.kind) if form.kind in list(LearningKind) else LearningKind.OTHER
    words = EntryWords(clean["what"].strip(), clean["learned"].strip(), clean["changed"].strip(), clean["peer"].strip())
    try:
        with house.database.write() as session:
            write_entry(
                session, entry_id=entry_id, kind=kind, about=clean["about"][:80], on=_day(form.on),
                minutes=_minutes(form.minutes), words=words, by=member.actor,
            )  # fmt: skip
    except EvokeError as error:
        if not error.fields:
            raise
        return _entry_page(member, _Form(**clean), entry_id=entry_id, error=error)
    return see_other("/progress/record?done=kept")


def _minutes(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) < 6 else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
