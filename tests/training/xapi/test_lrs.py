"""What a store answers, read."""

from unittest.mock import patch

import httpx
import pytest

from models import outgoing
from models.settings import Settings
from training.xapi.lrs import Answer, Store


@pytest.mark.parametrize(
    ("asked", "wait"), [("120", 120), ("", None), ("soon", None), ("-5", None), ("9" * 30, None), ("9" * 5000, None)]
)
def test_how_long_a_store_asks_to_wait(asked: str, wait: int | None) -> None:
    """What no clock could count is no answer: whoever sends would stop over it."""
    answers = httpx.MockTransport(lambda _: httpx.Response(503, headers={"retry-after": asked}))
    store = Store("https://lrs.example.org/xapi", "Basic x", Settings(_env_file=None))
    with patch.object(outgoing, "client", lambda *_: httpx.Client(transport=answers)):
        said = store.put({"id": "0199aaaa-0000-7000-8000-000000000001"})
    assert (said.answer, said.wait) == (Answer.LATER, wait)
