"""`evoke backup`, as somebody types it."""

import pytest

from models.settings import Settings
from web.cli import main


def run(monkeypatch: pytest.MonkeyPatch, settings: Settings, *arguments: str) -> int:
    monkeypatch.setattr("models.settings.get_settings", lambda: settings)
    return main(["backup", *arguments])
