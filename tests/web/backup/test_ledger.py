"""The ledger of deletions is whole, wherever it lies and whatever could not be reached."""

from datetime import timedelta
from pathlib import Path

import pytest

from api.house import House
from models.columns import utc_now
from models.deletion_ledger import copy_ledger, keep_up, ledger_id, ledger_places
from models.ledger_actions import NOT_NEEDED, NOTED, REAPPLIED
from models.places import Place
from models.settings import Settings
from tests.conftest import People
from tests.web.conftest import Client
from tests.web.test_withdrawal import ALL, add
from training.audit_words import ACTIONS


class TestTwoPlaces:
    """Of the ledger."""

    @pytest.fixture
    def settings(self, settings: Settings, tmp_path: Path) -> Settings:
        (tmp_path / "second").mkdir()
        return settings.model_copy(update={"ledger_url": str(tmp_path / "second")})

    @pytest.mark.parametrize("database_kind", ["sqlite"])
    def test_one_that_is_gone_keeps_nothing_from_the_other_and_catches_up_however_late(
        self, client: Client, people: People, house: House, place: Place, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        owner, second = client(people.owner), tmp_path / "second"
        first_id, second_id = add(owner), add(owner)
        owner.post(f"/sessions/{first_id}/withdraw", data=ALL)
        assert keep_up(house.database, house.settings) == 0, "both have it"
        second.rename(tmp_path / "away")
        second.write_text("where a disk was")
        owner.post(f"/sessions/{second_id}/withdraw", data=ALL)
        assert len(list((house.settings.data_dir / "ledger").glob("*/*.json"))) == 2
        assert keep_up(house.database, house.settings) == 0
        second.unlink()
        (tmp_path / "away").rename(second)
        monkeypatch.setattr("models.deletion_ledger.utc_now", lambda: utc_now() + timedelta(days=90))
        assert keep_up(house.database, house.settings) == 1
        assert len(list((second / "ledger").glob("*/*.json"))) == 2

        places = ledger_places(house.settings)
        ledger_id(places)
        copy_ledger(places, to=place, until=utc_now())
        kept = next(iter(Path(place.shown, "ledger").glob("*/*.json")))
        kept.unlink()
        (house.settings.data_dir / kept.relative_to(place.shown)).unlink()
        copy_ledger(places, to=place, until=utc_now() + timedelta(days=90))
        assert kept.exists(), "what came late, from the place that has it"


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_ledger_that_could_not_be_written_is_written_later(
    client: Client, people: People, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = client(people.owner)
    session_id = add(owner)

    def gone(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as network:
        network.setattr("models.deletion_ledger.write_entries", gone)
        owner.post(f"/sessions/{session_id}/withdraw", data=ALL)
    folder = house.settings.data_dir / "ledger"
    assert not list(folder.glob("*/*.json"))
    assert keep_up(house.database, house.settings) == 1
    assert keep_up(house.database, house.settings) == 0
    [entry] = folder.glob("*/*.json")
    assert session_id in entry.read_text()
    assert "Owner" not in entry.read_text()


def test_of_every_end_somebody_said_whether_a_restore_does_it_again() -> None:
    ends = (
        "deleted", "ended", "thrown_away", "expired", "withdrawn", "revoked", "taken_back", "refused", "let_go",
        "shredded", "removed", "left", "role_taken", "handed_back", "paused", "put_away", "switched_off",
    )  # fmt: skip
    known = NOTED | NOT_NEEDED.keys()
    assert not NOTED & NOT_NEEDED.keys()
    assert [one for one in ACTIONS if one.endswith(ends) and one not in known] == []
    assert "session_withdrawn" in REAPPLIED
