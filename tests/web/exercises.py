"""What tests of exercises share: the coding desk with the coder that ships, and exercises of the modules."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from coding.coder.desk import CodingDesk, Patience
from models.settings import Settings
from tests.web.conftest import PageClient
from training.modules.load import Placed, shipped_library

T = TypeVar("T")


@pytest.fixture(scope="session")
def shipped_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodingDesk]:
    folder: Path = tmp_path_factory.mktemp("desk")
    settings = Settings(_env_file=None, data_dir=folder, coder="")  # type: ignore[call-arg]
    desk = CodingDesk(settings, Patience(answer=180))
    yield desk
    desk.end()


def with_desk(client: PageClient, desk: Any) -> PageClient:
    """The site of this client codes with `desk`."""
    client.app.state.house = replace(client.app.state.house, desk=desk)  # type: ignore[attr-defined]
    return client


def first_of(kind: str) -> Placed:
    return next(one for one in shipped_library().exercises.values() if one.exercise.kind == kind)


def address_of(placed: Placed) -> str:
    return f"/learn/{placed.module.slug}/exercises/{placed.exercise.id}"
