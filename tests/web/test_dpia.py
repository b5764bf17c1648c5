"""The data-protection document says what this installation is set to, and says it of all of it."""

import json
import re
import subprocess
import sys
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from coding.coder.in_use import DEFAULT
from coding.consent import switch_real_practice
from coding.retention import set_periods
from coding.retention_periods import Periods
from models.lti import LtiPlatform, LtiScores
from models.organisation import Organisation
from models.permissions import ROLES, Permission
from models.person import Role
from models.practice import SessionKind
from models.settings import Settings
from models.single_sign_on_kept import SingleSignOn
from models.tables import metadata
from tests.conftest import People, add_person
from tests.web.conftest import Client
from training.dpia import Dpia, build_dpia
from training.dpia_switches import read_switches
from training.dpia_words import NOT_DATA, PERMISSION_WORDS
from web.paper import PdfLibrariesMissing, as_pdf
from web.render import render

ONE_MOMENT = datetime(2026, 3, 29, tzinfo=UTC)
PLAIN = Settings(_env_file=None)


def shown(settings: Settings) -> str:
    pack = replace(build_dpia(settings, organisation="Ferndale Council"), made_at=ONE_MOMENT)
    return render("dpia_paper.html", nonce="", person=None, pack=pack)


def other(value: Any) -> Any:
    """A different value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 7
    if isinstance(value, SecretStr):
        return SecretStr("a very secret word")
    return type(value)("changed")


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_a_changed_setting_changes_the_document_and_no_secret_is_in_it(name: str) -> None:
    changed = shown(PLAIN.model_copy(update={name: other(getattr(PLAIN, name))}))
    if name == "database_url":
        changed = shown(PLAIN.model_copy(update={name: "postgresql://evoke:a-very-secret-word@db.example/evoke"}))
        assert "db.example" in changed
    assert changed != shown(PLAIN)
    assert "secret word" not in changed.replace("-", " ")


def test_every_table_role_and_permission_is_in_it() -> None:
    pack = build_dpia(PLAIN, organisation="Ferndale Council")
    assert len(pack.data) == len(set(metadata.tables) - set(NOT_DATA))
    assert len(pack.roles) == len(ROLES) + 1
    text = shown(PLAIN)
    for permissions in ROLES.values():
        for permission in permissions:
            assert escape(PERMISSION_WORDS.get(permission, permission.replace("_", " "))) in text


def test_a_permission_that_a_role_gets_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def of_leads(pack: Dpia) -> tuple[str, ...]:
        return dict(pack.roles)["Learning and development lead"]

    before = of_leads(build_dpia(PLAIN, organisation=""))
    monkeypatch.setitem(ROLES, Role.LEAD, (*ROLES[Role.LEAD], Permission.SEE_SESSION))
    assert set(of_leads(build_dpia(PLAIN, organisation=""))) - set(before) == {PERMISSION_WORDS[Permission.SEE_SESSION]}


def test_figures_are_those_of_the_coder_in_use(tmp_path: Path) -> None:
    kept = json.loads((DEFAULT / "model.json").read_text())["about"]["figures"]
    value = kept["authors left out: macro-F1 of the 11 codes"]["value"]
    assert f"{value:.2f}" in dict(build_dpia(PLAIN, organisation="").coder.figures).values()
    own = PLAIN.model_copy(update={"coder": str(tmp_path)})
    assert "cannot be read" in build_dpia(own, organisation="").coder.problem
    (tmp_path / "model.json").write_text('{"about": {"figures": {"AnnoMI client 3-class macro-F1": 0.125}}}')
    coder = build_dpia(own, organisation="").coder
    assert [figure for _, figure in coder.figures] == ["0.12"]
    assert not coder.ships
    (tmp_path / "model.json").write_text('{"about": {"figures": {}}}')
    assert "No measured figures" in shown(own)


def test_what_is_left_open_is_said() -> None:
    careful = {"secure_cookies": True, "master_key": SecretStr("x"), "backup_key": "k", "ledger_url": "/mnt/second"}
    assert shown(PLAIN).count("Still open") == 4
    by_command = shown(PLAIN.model_copy(update={"master_key_command": "fetch-the-key"}))
    assert by_command.count("Still open") == 3
    assert "fetched by a command" in by_command
    assert "Still open" not in shown(PLAIN.model_copy(update=careful))


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_administrators_have_it_as_a_page(client: Client, house: Any, people: People) -> None:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        administrator = add_person(session, home, "Ada Admin", role=Role.ADMINISTRATOR)
    assert "For Ferndale Council" in client(administrator).get("/data-protection").text
    for actor in (people.owner, people.colleague, people.lead):
        assert client(actor).get("/data-protection").status_code == 404


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_administrators_switch_on_is_in_it(house: Any, people: People) -> None:
    def lines() -> tuple[str, str]:
        with house.database.read() as session:
            switches = read_switches(session, people.owner.organisation_id)
        pack = replace(build_dpia(PLAIN, organisation="", switches=switches), made_at=ONE_MOMENT)
        return str(switches), render("dpia_paper.html", nonce="", person=None, pack=pack)

    before = lines()
    assert "Harbour Borough" not in before[1]
    assert "not set to talk to any outside service" in before[1]
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        administrator = add_person(session, home, "Ada Admin", role=Role.ADMINISTRATOR)
        switch_real_practice(session, organisation_id=home.id, on=True, by=administrator)
        times = Periods(recording_days=7, transcript_months=3, score_months=6)
        set_periods(session, organisation_id=home.id, kind=SessionKind.REAL_PRACTICE, periods=times, by=administrator)
    switched = lines()
    kept = "Recordings 30 days; what was said 12 months; scores of a person 24 months."
    assert (before[1].count(kept), switched[1].count(kept)) == (3, 2)
    assert "Recordings 7 days; what was said 3 months; scores of a person 6 months." in switched[1]
    assert "switched ON" in switched[1]
    with house.database.write() as session:
        session.add(
            SingleSignOn(
                organisation_id=people.owner.organisation_id, issuer="https://login.example/tenant", client_id="c",
                sealed_secret=b"",
            )
        )  # fmt: skip
    assert "identity provider at login.example" in lines()[1]
    assert "not set to talk" not in lines()[1]
    with house.database.write() as session:
        session.add(
            LtiPlatform(
                organisation_id=people.owner.organisation_id, name="L", issuer="https://learn.example", client_id="c",
                authorization_endpoint="", token_endpoint="", jwks_uri="", scores=LtiScores.SIGNED,
            )
        )  # fmt: skip
    assert "learning platform at learn.example" in lines()[1]
    assert "the mean of a coach’s ratings" in lines()[1]
    with house.database.read() as session:
        assert "Harbour Borough" in str(read_switches(session))
    assert "could not be read" in shown(PLAIN)


def test_the_command_makes_a_tagged_pdf_and_html(tmp_path: Path) -> None:
    for name in ("dpia.pdf", "dpia.html"):
        command = [sys.executable, "-m", "web.cli", "dpia", "--out", str(tmp_path / name)]
        environment = {"EVOKE_DATA_DIR": str(tmp_path), "PATH": "", "PYTHONPATH": str(Path.cwd())}
        subprocess.run(command, check=True, env=environment)
    pdf = (tmp_path / "dpia.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    pdf += b"".join(zlib.decompress(one) for one in re.findall(rb"/FlateDecode.*?stream\n(.*?)\nendstream", pdf, re.S))
    for mark in (b"/MarkInfo", b"/StructTreeRoot", b"/Lang", b"pdfuaid"):
        assert mark in pdf
    assert "all authorities of this installation" in (tmp_path / "dpia.html").read_text()


def test_where_the_system_lacks_a_library_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0': no such file")

    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    with pytest.raises(PdfLibrariesMissing, match="apt install libpango"):
        as_pdf("<p>x</p>")


def test_a_pdf_fetches_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"not to be read")
    as_pdf(f"<html lang='en'><title>x</title><img alt='x' src='file://{secret}'><p>words</p></html>")
    assert "not to be read" not in caplog.text
    assert "Failed to load image" in caplog.text
