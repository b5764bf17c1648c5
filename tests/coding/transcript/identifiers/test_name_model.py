"""A spaCy pipeline finds names that the rules do not, in a worker; a folder that is none is told at start."""

from pathlib import Path

import pytest
import spacy

from api.house import House
from coding.about_session import about_for
from coding.actions import SessionDetails, add_transcript_session
from coding.transcript.identifiers.find import Finder
from coding.transcript.identifiers.kinds import Kind
from coding.transcript.identifiers.name_model import NameModelUnusable, check_name_model, load_name_model
from coding.transcript.read import read_transcripts
from coding.transcript.versions import latest_transcript, turns_of
from models.columns import utc_now
from models.practice import PracticeSession, SessionKind
from models.settings import Settings
from tests.conftest import People, work_off
from web.serve import serve
from web.worker import Worker
from web.worker_process import run_worker

SAID = "I went with zorblax's lot to Bramwick."


@pytest.fixture
def folder(tmp_path: Path) -> str:
    pipeline = spacy.blank("en")
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns([  # type: ignore[attr-defined]
        {"label": "PERSON", "pattern": [{"LOWER": "zorblax"}, {"LOWER": "'s"}]}, {"label": "GPE", "pattern": "Bramwick"}
    ])  # fmt: skip
    pipeline.to_disk(tmp_path / "names")
    return str(tmp_path / "names")


def test_people_whom_the_model_knows_are_found_beside_the_rules(folder: str) -> None:
    assert Finder(()).find(SAID) == []
    (found,) = Finder((), more=[load_name_model(folder)]).find(SAID)
    assert (found.kind, SAID[found.start : found.end], found.same_as) == (Kind.NAME, "zorblax", "zorblax")


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_a_worker_codes_is_looked_through_with_it(
    folder: str, house: House, people: People, database_kind: str
) -> None:
    (parsed,) = read_transcripts("talk.txt", f"Worker: Where were you?\nParent: {SAID}\nWorker: A while.\n".encode())
    details = SessionDetails(
        practitioner_id=people.owner.person_id, kind=SessionKind.ROLE_PLAY, held_on=utc_now().date(),
        agreement_confirmed=True, title="With zorblax's lot", change_goal="",
    )  # fmt: skip
    with house.database.write() as session:
        practice = add_transcript_session(session, details=details, parsed=parsed, name="talk", by=people.owner)
    worker = Worker(house.settings.model_copy(update={"name_model": folder}), "test")
    assert work_off(worker) == 1
    with house.database.read() as session:
        version = latest_transcript(session, practice.id)
        assert version is not None
        assert [turn.text for turn in turns_of(session, version.id)][1] == "I went with [person 1]'s lot to Bramwick."
        assert about_for(session, session.get_one(PracticeSession, practice.id), None).title == "With [person 1]'s lot"
    assert worker.workshop.name_finders is worker.workshop.name_finders


@pytest.mark.parametrize("what", ["nothing", "no finder"])
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_folder_that_finds_no_names_is_told_at_start(
    what: str, tmp_path: Path, settings: Settings, database_kind: str
) -> None:
    where = tmp_path / "other"
    if what == "no finder":
        spacy.blank("en").to_disk(where)
    wrong = settings.model_copy(update={"name_model": str(where)})
    for start in (lambda: serve(wrong, demo=False), lambda: run_worker(wrong, name="test", parent=None)):
        with pytest.raises(NameModelUnusable, match="EVOKE_NAME_MODEL"):
            start()


def test_a_pipeline_that_cannot_be_loaded_is_told(tmp_path: Path) -> None:
    (tmp_path / "meta.json").write_text('{"pipeline": ["ner"]}')
    (tmp_path / "config.cfg").write_text("[nlp]\nlang = null\n")
    check_name_model(str(tmp_path))
    with pytest.raises(NameModelUnusable, match="cannot be loaded"):
        load_name_model(str(tmp_path))
