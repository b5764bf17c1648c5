"""Where the training files lie that the project does not ship.

EVOKE_TRAINING_DATA names the folder; without it, `data/` in the checkout and any `*/data/` beside the checkout are
looked into.
"""

import os
from pathlib import Path


def find_training_file(name: str) -> Path | None:
    root = Path(__file__).resolve().parents[1]
    if folder := os.environ.get("EVOKE_TRAINING_DATA"):
        candidates = [Path(folder) / name]
    else:
        candidates = [root / "data" / name, *sorted(root.parent.glob(f"*/data/{name}"))]
    return next((path for path in candidates if path.is_file()), None)
