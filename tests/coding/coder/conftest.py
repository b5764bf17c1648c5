import csv
from pathlib import Path

import pytest

from coding.corpus.load import AUTHORED

KEPT = ("a03", "b07", "c05", "g03", "k07")


@pytest.fixture(scope="module")
def authored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five conversations of five authors."""
    folder = tmp_path_factory.mktemp("authored")
    for name in ("utterances.csv", "sessions.csv"):
        with (AUTHORED / name).open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["transcript_id"] in KEPT]
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder
