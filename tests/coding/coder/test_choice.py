"""The choice of the coder: what is kept, what goes before it, and that a worker takes it up between two sessions."""

import logging
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from sqlmodel import col, select

from api.house import House
from coding.actions import add_transcript_session
from coding.coder.choice import (
    CoderUnfit,
    choose_coder,
    try_out,
)
from coding.coder.in_use import ChoiceNotKept, choice_file, coder_in_use
from coding.coder.model import DEFAULT, LINEAR, ModelUnreadable
from coding.context import Workshop
from coding.details import SessionDetails
from coding.transcript.read import read_transcripts
from models.coding import Coding
from models.columns import utc_now
from models.practice import PracticeSession, SessionKind, Stage
from models.settings import Settings
from models.transcript import TranscriptVersion
from tests.coding.coder.shelves import change_weights, own_coder
from tests.conftest import CONVERSATION, People, work_off
from web.worker import Worker

sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def alone(tmp_path: Path) -> Settings:
    """Settings without a database."""
    return Settings(_env_file=None, data_dir=tmp_path / "data")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """None is named here, so that the choice holds."""
    return settings.model_copy(update={"coder": ""})


def test_nothing_chosen_is_the_default_that_ships(alone: Settings) -> None:
    assert coder_in_use(alone) == DEFAULT
    alone.data_dir.mkdir()
    choice_file(alone).write_text("\n")
    assert coder_in_use(alone) == DEFAULT


def test_a_choice_inside_the_data_folder_moves_with_it(alone: Settings, tmp_path: Path) -> None:
    coder = choose_coder(own_coder(alone.data_dir / "coders/ours"), settings=alone)
    assert coder.version == "linear-2 ours"
    assert choice_file(alone).read_text() == "./coders/ours\n"
    alone.data_dir.rename(tmp_path / "moved")
    moved = Settings(_env_file=None, data_dir=tmp_path / "moved")
    assert coder_in_use(moved) == tmp_path / "moved/coders/ours"
    assert try_out(coder_in_use(moved)).version == "linear-2 ours"


def test_a_choice_elsewhere_is_kept_whole(alone: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own_coder(tmp_path / "elsewhere")
    monkeypatch.chdir(tmp_path)
    choose_coder(Path("elsewhere"), settings=alone)
    monkeypatch.chdir("/")
    assert coder_in_use(alone) == tmp_path / "elsewhere"


def test_the_file_is_readable_by_a_worker_and_nothing_else_is_left(alone: Settings) -> None:
    choose_coder(own_coder(alone.data_dir / "coders/ours"), settings=alone)
    assert choice_file(alone).stat().st_mode & 0o777 == 0o644
    assert sorted(path.name for path in alone.data_dir.iterdir()) == ["coder", "coders"]
    assert alone.data_dir.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("back", [None, DEFAULT])
def test_going_back_keeps_no_choice(alone: Settings, back: Path | None) -> None:
    choose_coder(own_coder(alone.data_dir / "coders/ours"), settings=alone)
    assert choose_coder(back, settings=alone).version == try_out(DEFAULT).version
    assert not choice_file(alone).exists()
    assert coder_in_use(alone) == DEFAULT


def test_one_that_ships_is_kept_by_its_name(alone: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Evoke is installed may change. Here another one is the default."""
    monkeypatch.setattr("coding.coder.choice.DEFAULT", own_coder(alone.data_dir / "coders/ours"))
    choose_coder(LINEAR, settings=alone)
    assert choice_file(alone).read_text() == "linear-2\n"
    assert coder_in_use(alone) == LINEAR


def test_evoke_coder_goes_before_a_choice(alone: Settings, tmp_path: Path) -> None:
    choose_coder(own_coder(alone.data_dir / "coders/ours"), settings=alone)
    set_too = alone.model_copy(update={"coder": str(tmp_path / "theirs")})
    assert coder_in_use(set_too) == tmp_path / "theirs"


def unfit_shapes(folder: Path) -> None:
    change_weights(folder, practitioner_intercepts=np.zeros(3, np.float16))


def unfit_numbers(folder: Path) -> None:
    with np.load(folder / "weights.npz") as kept:
        intercepts = kept["client_intercepts"]
    change_weights(folder, client_intercepts=np.full_like(intercepts, np.nan))


@pytest.mark.parametrize(
    ("spoil", "says"), [(unfit_shapes, "cannot code a small conversation"), (unfit_numbers, "a probability")]
)
def test_a_coder_that_loads_but_cannot_code_changes_nothing(
    alone: Settings, tmp_path: Path, spoil: object, says: str
) -> None:
    choose_coder(own_coder(alone.data_dir / "coders/ours"), settings=alone)
    unfit = own_coder(tmp_path / "unfit")
    assert callable(spoil)
    spoil(unfit)
    with pytest.raises(CoderUnfit, match=says):
        choose_coder(unfit, settings=alone)
    assert coder_in_use(alone) == alone.data_dir / "coders/ours"


def test_a_version_too_long_to_be_kept_with_a_session_is_refused(alone: Settings, tmp_path: Path) -> None:
    with pytest.raises(CoderUnfit, match="shorter name"):
        choose_coder(own_coder(tmp_path / "long", version="v" * 101), settings=alone)
    choose_coder(own_coder(tmp_path / "fits", version="v" * 100), settings=alone)
    assert coder_in_use(alone) == tmp_path / "fits"


def test_a_coder_that_does_not_load_changes_nothing(alone: Settings, tmp_path: Path) -> None:
    with pytest.raises(ModelUnreadable):
        choose_coder(tmp_path / "gone", settings=alone)
    assert not alone.data_dir.exists()


def test_a_choice_that_cannot_be_kept_or_read_says_so(alone: Settings, tmp_path: Path) -> None:
    choice_file(alone).mkdir(parents=True)
    with pytest.raises(ChoiceNotKept, match="cannot be written"):
        choose_coder(own_coder(tmp_path / "ours"), settings=alone)
    with pytest.raises(ChoiceNotKept, match="cannot be written"):
        choose_coder(None, settings=alone)
    assert [path.name for path in alone.data_dir.iterdir()] == ["coder"]
    with pytest.raises(ChoiceNotKept, match="cannot be read"):
        coder_in_use(alone)


def test_a_workshop_changes_coders_without_a_restart(alone: Settings) -> None:
    workshop = Workshop(alone, None, None)  # type: ignore[arg-type]
    before = workshop.coder
    assert workshop.coder is before
    choose_coder(own_coder(alone.data_dir / "coders/ours"), settings=alone)
    assert workshop.coder.version == "linear-2 ours"
    choose_coder(None, settings=alone)
    assert workshop.coder.version == before.version


def add_session(house: House, people: People) -> UUID:
    (parsed,) = read_transcripts("talk.txt", CONVERSATION.encode())
    details = SessionDetails(
        practitioner_id=people.owner.person_id, kind=SessionKind.ROLE_PLAY, held_on=utc_now().date(),
        agreement_confirmed=True,
    )  # fmt: skip
    with house.database.write() as session:
        return add_transcript_session(session, details=details, parsed=parsed, name="talk", by=people.owner).id


def versions_of(house: House, practice_id: UUID) -> list[str | None]:
    found = select(Coding.model_version).join(TranscriptVersion, col(TranscriptVersion.id) == Coding.transcript_id)
    with house.database.read() as session:
        return list(session.exec(found.where(col(TranscriptVersion.session_id) == practice_id)))


@sqlite
def test_a_running_workers_next_session_is_coded_by_the_new_choice_and_the_last_keeps_its_version(
    house: House, people: People, worker: Worker, settings: Settings
) -> None:
    earlier = add_session(house, people)
    work_off(worker)
    choose_coder(own_coder(settings.data_dir / "coders/ours"), settings=settings)
    later = add_session(house, people)
    work_off(worker)
    assert versions_of(house, earlier) == [try_out(DEFAULT).version]
    assert versions_of(house, later) == ["linear-2 ours"]


@sqlite
def test_a_choice_made_while_a_session_is_coded_does_not_sign_it(
    house: House, people: People, worker: Worker, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    import coding.code_transcript as job

    ours, code = own_coder(settings.data_dir / "coders/ours"), job.code_conversation

    def meanwhile(*args: object, **options: object) -> object:
        coded = code(*args, **options)  # type: ignore[arg-type]
        choose_coder(ours, settings=settings)
        return coded

    monkeypatch.setattr(job, "code_conversation", meanwhile)
    practice_id = add_session(house, people)
    work_off(worker)
    assert coder_in_use(settings).name == "ours"
    assert versions_of(house, practice_id) == [try_out(DEFAULT).version]


@sqlite
def test_a_chosen_coder_that_is_gone_stops_sessions_with_a_sentence_and_no_worker(
    house: House, people: People, worker: Worker, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    choice_file(settings).write_text("./coders/gone\n")
    worker.stopping.set()
    with caplog.at_level(logging.ERROR, "evoke.worker"):
        worker.run()
    assert "cannot be loaded" in caplog.text
    practice_id = add_session(house, people)
    work_off(worker)
    with house.database.read() as session:
        practice = session.get_one(PracticeSession, practice_id)
    assert (practice.stage, practice.problem_code) == (Stage.STOPPED, "model_unreadable")
