"""The Python client as an integrator has it: fetched from a server, imported, and used against that server."""

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from api.house import House
from coding.check_names import finish_check
from models.api_client import USUAL_SCOPES, make_api_client
from models.api_token import make_api_token
from models.organisation import Organisation
from models.person import ApiToken, Person
from models.practice import PracticeSession
from models.settings import Settings
from tests.api.client_module import module_at
from tests.conftest import People
from tests.live_server import served, working
from web.worker import Worker

SAID = ("What brings you here?", "I drink too much at weekends.", "You want that to change.", "I do, for my children.")


on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


TURNS = [{"speaker": ("Worker", "Parent")[n % 2], "text": said} for n, said in enumerate(SAID)]


@dataclass(frozen=True)
class Site:
    """The client's module, the server's address, an API client's ID and secret, and two people's tokens."""

    module: Any
    address: str
    client: tuple[str, str]
    owner: str
    coach: str


@pytest.fixture
def site(settings: Settings, house: House, people: People, worker: Worker, tmp_path: Path) -> Iterator[Site]:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        client, secret = make_api_client(
            session, organisation=home, name="Learning portal", scopes=USUAL_SCOPES, days=365, by=None
        )
        tokens = [
            make_api_token(session, person=session.get_one(Person, one.person_id), name="test")
            for one in (people.owner, people.colleague)
        ]
        ids = (str(client.id), secret)
    with served(settings) as address, working(worker):
        path = tmp_path / "evoke_client.py"
        path.write_bytes(httpx.get(f"{address}/api/v1/evoke_client.py", timeout=120).raise_for_status().content)
        yield Site(module_at(path), address, ids, *tokens)


def until_ready(evoke: Any, session_id: str) -> None:
    deadline = time.monotonic() + 120
    while (now := evoke.read_progress(session_id))["stage"] != "ready":
        assert now["stage"] != "stopped", now
        assert time.monotonic() < deadline
        time.sleep(0.1)


@on_sqlite
def test_the_whole_journey(site: Site, house: House, people: People) -> None:
    """A program adds a session for somebody, they read it, their coach reviews it, and it is taken away."""
    evoke = site.module.Evoke
    with evoke(site.address, client_id=site.client[0], client_secret=site.client[1]) as program:
        person = program.find_practitioner(email="olu.owner@example.org")
        made = program.add_session({"practitioner": person["id"], "agreement_confirmed": True, "turns": TURNS})
        until_ready(program, made["id"])
        with pytest.raises(site.module.NotFound):
            program.read_scores(made["id"])  # it reads nothing that was said
        with pytest.raises(site.module.NotAllowed) as refused:
            program.list_modules()
        assert (refused.value.status, refused.value.code) == (403, "insufficient_scope")
    with evoke(site.address, token=site.owner) as owner:
        until_ready(owner, made["id"])
        assert [one["text"] for one in owner.read_codes_all(made["id"], limit=1)] == list(SAID)
        assert owner.read_scores(made["id"])["coded_by"] == "machine"
        assert owner.read_session(made["id"])["change_goal"] == ""
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, site.module.uuid.UUID(made["id"]))
        finish_check(session, practice=practice, no_names=(), more=(), bleep=False, by=people.owner)
    with evoke(site.address, token=site.coach) as coach:
        review_id = coach.begin_review(made["id"])["id"]
        review = coach.read_review(review_id)
        accepted = [
            {"client_id": site.module._new_key(), "step": {"kind": "accept", "key": line["key"]}}
            for line in review["draft"]["lines"]
        ]
        changed = coach.take_steps(review_id, {"expected": 0, "steps": accepted})
        assert coach.sign_off_review(review_id, {"expected": changed["last"]})
        assert [one["shown"] for one in coach.list_reviews(made["id"])["reviews"]] == [True]
        assert coach.read_scores(made["id"])["signed_by"] == "Cass Coach"
        lines = json.loads(coach.export_session(made["id"], format_="json", layer="person"))
        assert SAID[1] in json.dumps(lines)
        assert {one["format"] for one in coach.list_exports(made["id"])["exports"]} >= {"json", "csv", "eaf"}


@on_sqlite
def test_a_file_goes_up_and_comes_once(site: Site) -> None:
    """From memory and from a file, which is sent anew from its beginning where it has to be."""
    text = "\n".join(f"{turn['speaker']}: {turn['text']}" for turn in TURNS).encode()
    with site.module.Evoke(site.address, token=site.owner) as owner:
        form = {"kind": "role_play", "agreement_confirmed": "yes", "title": "Äther"}
        made = owner.add_session_upload(form, ("role play.txt", text), idempotency_key="one")
        again = owner.add_session_upload(form, ("role play.txt", text), idempotency_key="one")
        assert made["id"] == again["id"]
        until_ready(owner, made["id"])
        assert owner.read_session(made["id"])["title"] == "Äther"
        with pytest.raises(site.module.NotAccepted) as reused:
            owner.add_session_upload({**form, "title": "another"}, ("a.txt", text), idempotency_key="one")
        assert reused.value.code == "idempotency_key_reused"
        assert len(list(owner.list_sessions_all(limit=1))) == 1
        for number in range(3):
            owner.add_session_upload({**form, "title": str(number)}, ("a.txt", text))
        rows = list(owner.list_sessions_all(limit=2))
        assert len({row["id"] for row in rows}) == len(rows) == 4


@on_sqlite
def test_tags(site: Site) -> None:
    with site.module.Evoke(site.address, token=site.owner) as owner:
        made = owner.add_session({"agreement_confirmed": True, "turns": TURNS})
        until_ready(owner, made["id"])
        seen = owner.read_session(made["id"])
        tag = site.module.etag_of(seen)
        assert tag
        sent: list[httpx.Response] = []
        owner._http.event_hooks["response"] = [sent.append]
        assert owner.read_session(made["id"]) == seen
        assert [one.status_code for one in sent] == [304]
        owner.set_picked(made["id"], picked="drawn", if_match=tag)
        with pytest.raises(site.module.ChangedMeanwhile):
            owner.set_picked(made["id"], picked="chosen", if_match=tag)
        assert site.module.etag_of(owner.read_session(made["id"])) != tag


@on_sqlite
def test_errors_are_named(site: Site) -> None:
    nobody = "0199aaaa-0000-7000-8000-000000000001"
    with site.module.Evoke(site.address, token=site.owner) as owner:
        with pytest.raises(site.module.NotFound) as missing:
            owner.read_session(nobody)
        assert missing.value.code == "not_found"
        with pytest.raises(site.module.NotAccepted) as wrong:
            owner.add_session({"agreement_confirmed": True, "held_on": "2999-01-01", "turns": TURNS})
        assert wrong.value.fields.keys() == {"held_on"}
        with pytest.raises(site.module.NotFound):
            list(owner.read_codes_all("../sessions"))  # an address is never put together of what is given
    with site.module.Evoke(site.address, token="evoke_nothing") as nobodys, pytest.raises(site.module.SignInNeeded):
        nobodys.list_sessions()
    with site.module.Evoke(site.address, client_id=site.client[0], client_secret="evoke_secret_no") as one:
        with pytest.raises(site.module.SignInNeeded) as secret:
            one.list_sessions()
        assert secret.value.code == "invalid_client"
    with pytest.raises(ValueError, match="Give a token"):
        site.module.Evoke(site.address)


@on_sqlite
def test_a_token_that_ends_is_replaced(site: Site, house: House) -> None:
    with site.module.Evoke(site.address, client_id=site.client[0], client_secret=site.client[1]) as program:
        program.find_practitioner(email="olu.owner@example.org")
        first = program._token
        with house.database.write() as session:
            for row in session.exec(select(ApiToken).where(col(ApiToken.expires_at).is_not(None))):
                session.delete(row)
        program.find_practitioner(email="olu.owner@example.org")
        assert program._token != first


@on_sqlite
def test_a_recording_in_pieces(site: Site) -> None:
    """What is answered in headers alone is there too."""
    with site.module.Evoke(site.address, token=site.owner) as owner:
        assert int(owner.read_upload_limits()["Tus-Max-Size"]) > 1_000_000
        told = {"filename": "talk.wav", "kind": "role_play", "agreement_confirmed": "yes"}
        about = ",".join(f"{name} {base64.b64encode(one.encode()).decode()}" for name, one in told.items())
        begun = owner.begin_upload(upload_length="6", upload_metadata=about)
        owner.send_upload_piece(begun["id"], b"RIFF", upload_offset="0")
        assert owner.ask_upload_offset(begun["id"])["Upload-Offset"] == "4"
        with pytest.raises(site.module.Conflict) as early:
            owner.finish_upload(begun["id"], {"details": {}})
        assert early.value.code == "upload_unfinished"
        owner.delete_upload(begun["id"])
        assert owner.list_uploads()["uploads"] == []
