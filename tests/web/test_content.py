"""An authority's own content: sent, checked, seen beforehand, shown, gone back from, hidden; and nobody else's."""

import io
import zipfile

import pytest
from sqlmodel import col, select

from api.house import House
from models.audit import AuditEvent
from models.organisation import Organisation
from models.permissions import Actor
from models.person import Role
from tests.conftest import People, add_person
from tests.training.modules.test_check import EXERCISES, LONG
from tests.web.conftest import Client, PageClient
from training.modules.files import packed_pair
from training.modules.library import library_for
from training.modules.load import SHIPPED_MODULES, shipped_library
from training.modules.read import Module

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])
NEW = "Asking, as we do it in Ferndale"


@pytest.fixture
def module() -> Module:
    return shipped_library().modules[0]


@pytest.fixture
def lead(client: Client, people: People) -> PageClient:
    return client(people.lead)


def files_of(slug: str) -> tuple[str, str]:
    folder = SHIPPED_MODULES / slug
    return (folder / "module.md").read_text("utf-8"), (folder / "exercises.yaml").read_text("utf-8")


def sent(module_md: str, exercises: str) -> dict[str, tuple[str, bytes]]:
    return {"module_md": ("module.md", module_md.encode()), "exercises": ("exercises.yaml", exercises.encode())}


def changed(module: Module) -> tuple[str, str]:
    text, exercises = files_of(module.slug)
    return text.replace(f"title: {module.head.title}", f"title: {NEW}", 1), exercises


def test_a_changed_module_is_seen_shown_and_gone_back_from(
    client: Client, people: People, lead: PageClient, module: Module
) -> None:
    assert NEW in changed(module)[0]
    owner, stranger = client(people.owner), client(people.stranger)
    preview = lead.post(f"/content/{module.slug}", files=sent(*changed(module)))
    assert preview.url.path == f"/content/{module.slug}/versions/1"
    assert NEW in preview.text
    assert NEW not in owner.get("/learn").text  # a draft
    assert "A draft waits" in lead.get("/content").text
    page = lead.post(f"/content/{module.slug}/versions/1/publish").text
    assert "Yours, version 1" in page
    assert NEW in owner.get(f"/learn/{module.slug}").text
    assert NEW not in stranger.get(f"/learn/{module.slug}").text
    lead.post(f"/content/{module.slug}/shipped")
    assert NEW not in owner.get(f"/learn/{module.slug}").text
    lead.post(f"/content/{module.slug}/versions/1/publish")  # and back to their own
    assert NEW in owner.get(f"/learn/{module.slug}").text


@on_sqlite
def test_what_somebody_read_stays_with_them_when_the_text_changes(
    client: Client, people: People, lead: PageClient, module: Module
) -> None:
    owner = client(people.owner)
    owner.post(f"/learn/{module.slug}/parts/1")
    lead.post(f"/content/{module.slug}", files=sent(*changed(module)))
    lead.post(f"/content/{module.slug}/versions/1/publish")
    assert "You have begun it." in owner.get("/learn").text
    assert f"Go on: {module.parts[1].title}" in owner.get(f"/learn/{module.slug}").text


def test_a_module_of_their_own_is_added_and_hidden(
    client: Client, people: People, lead: PageClient, house: House
) -> None:
    first = lead.post(
        "/content", data={"name": "asking"}, files={"packed": ("a.zip", packed_pair("asking", LONG, EXERCISES))}
    )
    assert first.url.path == "/content/asking/versions/1"
    assert client(people.owner).get("/learn/asking").status_code == 404
    lead.post("/content/asking/versions/1/publish")
    assert client(people.owner).get("/learn/asking").status_code == 200
    with house.database.read() as session:
        assert library_for(session, people.owner.organisation_id).exercise("asking-2") is not None
        assert library_for(session, people.stranger.organisation_id).exercise("asking-2") is None
    lead.post("/content/asking/hidden", data={"hidden": "yes"})
    assert client(people.owner).get("/learn/asking").status_code == 404
    assert "Hidden" in lead.get("/content").text
    lead.post("/content/asking/hidden", data={"hidden": "no"})
    assert client(people.owner).get("/learn/asking").status_code == 200
    assert lead.post("/content/asking/shipped").status_code == 404  # there is none
    assert lead.post("/content/asking/versions/1/throw-away").status_code == 409


@on_sqlite
def test_a_shipped_module_is_hidden(client: Client, people: People, lead: PageClient, module: Module) -> None:
    lead.post(f"/content/{module.slug}/hidden", data={"hidden": "yes"})
    assert client(people.owner).get(f"/learn/{module.slug}").status_code == 404
    assert f'href="/learn/{module.slug}"' not in client(people.owner).get("/learn").text
    assert client(people.stranger).get(f"/learn/{module.slug}").status_code == 200


@on_sqlite
def test_everything_that_is_wrong_is_told_and_nothing_kept(lead: PageClient, module: Module) -> None:
    text, exercises = changed(module)
    text = text.replace("minutes: ", "minutes: 9", 1)
    page = lead.post(f"/content/{module.slug}", files=sent(text, exercises.replace("explain:", "explained:", 1)))
    assert page.status_code == 422
    assert "things have to be mended" in page.text
    assert "minutes" in page.text
    assert "is not known here" in page.text
    assert "You have not changed this module" in page.text


@on_sqlite
def test_of_one_file_alone_the_other_stays_as_it_is_in_use(lead: PageClient, module: Module) -> None:
    text, exercises = changed(module)
    page = lead.post(f"/content/{module.slug}", files={"module_md": ("module.md", text.encode())})
    assert page.status_code == 200
    assert NEW in page.text
    kept = lead.get(f"/content/{module.slug}/versions/1/files/exercises.yaml").text
    assert kept == exercises


@on_sqlite
def test_an_exercise_that_another_module_has_is_refused(lead: PageClient) -> None:
    taken = shipped_library().modules[0].exercises[0].id
    page = lead.post("/content", data={"name": "asking"}, files=sent(LONG, EXERCISES.replace("asking-1", taken)))
    assert page.status_code == 422
    assert f"The exercise {taken} is also in the module" in page.text
    assert 'value="asking"' in page.text


def _spoilt_zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("module.md", "words " * 900)
        archive.writestr("exercises.yaml", "words " * 900)
    at = made.getvalue().index(b"module.md") + 30
    return made.getvalue()[:at] + b"\xff" * 20 + made.getvalue()[at + 20 :]


def _zip(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, "x" * 9_000_000 if "big" in name else "x")
    return made.getvalue()


@on_sqlite
@pytest.mark.parametrize(("form", "files", "what"), [
    ({}, {}, "Give a name"),
    ({"name": "../x"}, {}, "Give a name"),
    ({"name": "asking"}, {}, "Choose the file module.md"),
    ({"name": "asking"}, {"module_md": ("m.md", LONG.encode())}, "Choose the file exercises.yaml"),
    ({"name": "asking"}, {"packed": ("a.zip", b"no zip")}, "not a zip file"),
    ({"name": "asking"}, {"packed": ("a.zip", _spoilt_zip())}, "not a zip file"),
    ({"name": "asking"}, {"packed": ("a.zip", _zip("a/module.md"))}, "no file exercises.yaml"),
    ({"name": "asking"}, {"packed": ("a.zip", _zip("module.md", "b/module.md"))}, "2 files module.md"),
    ({"name": "asking"}, {"packed": ("a.zip", _zip("big/module.md", "exercises.yaml"))}, "larger than 300 kB"),
    ({"name": "asking"}, sent("\x00", "x"), "not a text file"),
    ({"name": "asking"}, {"module_md": ("m.md", b"\xff\xfe"), "exercises": ("e", b"x")}, "not UTF-8"),
    ({"name": "asking"}, sent("[" * 9000, "[" * 9000), "must begin with a line of ---"),
])  # fmt: skip
def test_files_that_cannot_be_taken(
    lead: PageClient, form: dict[str, str], files: dict[str, tuple[str, bytes]], what: str
) -> None:
    page = lead.post("/content", data=form, files=files or None)
    assert page.status_code == 422
    assert what in page.text


@on_sqlite
def test_a_name_that_is_taken_is_not_new(lead: PageClient, module: Module) -> None:
    page = lead.post("/content", data={"name": module.slug}, files=sent(LONG, EXERCISES))
    assert "There is a module with this name" in page.text


@on_sqlite
def test_files_come_back_as_they_were_sent(lead: PageClient, module: Module) -> None:
    text, exercises = changed(module)
    assert lead.get(f"/content/{module.slug}/files/module.md").text == files_of(module.slug)[0]
    lead.post(f"/content/{module.slug}", files=sent(text, exercises))
    assert lead.get(f"/content/{module.slug}/versions/1/files/module.md").text == text
    assert lead.get(f"/content/{module.slug}/files/module.md").text != text  # not in use
    packed = lead.get(f"/content/{module.slug}/versions/1/files/{module.slug}.zip")
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        assert archive.read(f"{module.slug}/exercises.yaml").decode() == exercises
    again = lead.post(f"/content/{module.slug}", files={"packed": ("a.zip", packed.content)})
    assert again.url.path.endswith("/versions/2")
    lead.post(f"/content/{module.slug}/versions/2/throw-away")
    assert lead.get(f"/content/{module.slug}/versions/2").status_code == 404
    for odd in ("x.md", "../module.md", "other.zip"):
        assert lead.get(f"/content/{module.slug}/files/{odd}").status_code == 404


@on_sqlite
def test_content_is_for_those_who_look_after_it_and_only_their_own(
    house: House, client: Client, people: People, lead: PageClient, module: Module
) -> None:
    lead.post(f"/content/{module.slug}", files=sent(*changed(module)))
    with house.database.write() as session:
        away = session.get_one(Organisation, people.stranger.organisation_id)
        elsewhere: Actor = add_person(session, away, "Lou Elsewhere", role=Role.LEAD)
    version = f"/content/{module.slug}/versions/1"
    for who in (people.owner, people.colleague, people.stranger_coach):
        one = client(who)
        assert "/content" not in one.get("/learn").text
        for path in ("/content", f"/content/{module.slug}", version, f"{version}/files/module.md"):
            assert one.get(path).status_code == 404
        assert one.post(f"{version}/publish").status_code == 404
    other = client(elsewhere)
    assert other.get("/content").status_code == 200
    assert other.get(version).status_code == 404
    assert other.get(f"{version}/files/module.md").status_code == 404
    assert other.post(f"{version}/publish").status_code == 404
    assert 'href="/content"' in lead.get("/learn").text


@on_sqlite
def test_content_is_in_the_trail(house: House, lead: PageClient, module: Module) -> None:
    lead.post(f"/content/{module.slug}", files=sent(*changed(module)))
    lead.post(f"/content/{module.slug}/versions/1/publish")
    lead.post(f"/content/{module.slug}", files=sent(*changed(module)))
    lead.post(f"/content/{module.slug}/versions/2/throw-away")
    lead.post(f"/content/{module.slug}/shipped")
    lead.post(f"/content/{module.slug}/hidden", data={"hidden": "yes"})
    with house.database.read() as session:
        rows = session.exec(
            select(AuditEvent.action)
            .where(col(AuditEvent.subject_type).in_(("OwnModule", "ModuleChoice")))
            .order_by(col(AuditEvent.sequence))
        ).all()
    assert list(rows) == [
        "module_sent", "module_published", "module_sent", "module_thrown_away", "module_from_evoke_used",
        "module_hidden",
    ]  # fmt: skip
