"""The measurement of many people at once: a launch that did not open what it was to is told from one that did."""

from pathlib import Path

import pytest

from api.house import House
from benchmarks.load.launch import PAGE_OF_ITS_OWN, Launch, NotOpened, opened_by
from benchmarks.load.options import SHARES, Load
from benchmarks.load.who_comes import connect
from models.permissions import Actor
from tests.lti_platform import FakePlatform, fake_platform, key_pair
from tests.web.conftest import Client
from tests.web.lti import FRAME, MODULE, OWNER, settings

__all__ = ["settings"]


def launched(client: Client, to_sign: FakePlatform, how: dict[str, str] = PAGE_OF_ITS_OWN) -> str:
    launch = Launch(to_sign, "user-1", "Olu Owner", OWNER, f"module:{MODULE}")
    visitor = client(None)
    path, form = launch.login()
    asked = launch.asked_by(visitor.post(path, data=form, headers=how, follow_redirects=False))
    return opened_by(visitor.post("/lti/launch", data=launch.signed(asked), headers=how, follow_redirects=False))


def test_a_launch_that_is_refused_or_opens_nothing_yet_counts_as_an_error(
    client: Client, house: House, admin: Actor
) -> None:
    with fake_platform() as platform:
        with house.database.write() as session:
            connect(session, platform, house.settings, administrator=admin.person_id)
        assert launched(client, platform) == f"/learn/{MODULE}"
        signs_wrongly = FakePlatform(
            issuer=platform.issuer, login_path=platform.login_path, pair=key_pair(), tool_keys=platform.tool_keys
        )
        with pytest.raises(NotOpened, match="the launch opened nothing: 401"):
            launched(client, signs_wrongly)
        with pytest.raises(NotOpened, match="the launch opened nothing: 200"):
            launched(client, platform, FRAME)
        platform.login_path = "/lti/login"  # where nobody knows it
        with pytest.raises(NotOpened, match="the login was not begun: 401"):
            launched(client, platform)


def test_what_is_measured_says_how_much_there_was_of_it() -> None:
    assert sum(SHARES.values()) == 100
    assert Load().name == "300 people, 2,000 sessions, 60 min"
    quicker = Load.of({"EVOKE_LOAD_USERS": "20", "EVOKE_LOAD_SECONDS": "90", "EVOKE_LOAD_THINK": "1.5"})
    assert quicker.name == "20 people, 2,000 sessions, 1.5 min, 1.5 s of thinking"
    assert (Load().requests_per_minute, quicker.requests_per_minute, Load(think=10).requests_per_minute) == (
        600, 2000, 600,
    )  # fmt: skip
    for wrong in ("0", "-1", "nan"):
        with pytest.raises(ValueError, match="EVOKE_LOAD_THINK"):
            Load.of({"EVOKE_LOAD_THINK": wrong})


def test_each_journey_is_of_a_role_that_comes() -> None:
    """Read as text: locust, which they need, is not everywhere."""
    folder = Path(__file__).parents[2] / "benchmarks" / "load"
    text = "".join((folder / name).read_text() for name in ("journeys.py", "lms.py"))
    for role in SHARES:
        assert text.count(f'weight = SHARES["{role}"]\n    people = cycle(lines_of("{role}"))') == 1
