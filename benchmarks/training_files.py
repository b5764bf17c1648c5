"""Training files that the project does not ship: in the folder EVOKE_TRAINING_DATA names, else in `data/` here."""

import os
from pathlib import Path


def find_training_file(name: str) -> Path | None:
    folder = os.environ.get("EVOKE_TRAINING_DATA") or Path(__file__).resolve().parents[1] / "data"
    path = Path(folder) / name
    return path if path.is_file() else None
