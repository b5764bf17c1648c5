"""Checksums of a model's files, kept beside them in the form that `sha256sum -c` reads."""

import hashlib
import shutil
from pathlib import Path

from coding.speech.errors import SpeechModelMissing
from coding.speech.model_folder import check_model_folder

SUMS = "sha256.txt"


def write_sums(folder: Path) -> None:
    """Of every file in the folder itself, hidden ones left out."""
    names = sorted(path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    lines = [f"{_sum(folder / name)}  {name}\n" for name in names if name != SUMS]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def check_sums(folder: Path) -> int | None:
    """How many files were compared; None when the folder has no list. Raises SpeechModelMissing naming those that have
    changed or are gone."""
    if not (folder / SUMS).is_file():
        return None
    wrong = []
    lines = (folder / SUMS).read_text(encoding="utf-8", errors="replace").splitlines()
    for line in lines:
        kept, _, name = line.partition("  ")
        path = folder / name
        if not path.is_file() or _sum(path) != kept:
            wrong.append(name)
    if wrong:
        raise SpeechModelMissing(
            f"In {folder}, what came with the model is damaged, changed or gone: {', '.join(wrong)}.",
            "Fetch or copy the model again.",
        )
    return len(lines)


def put_in_place(working: Path, to: Path) -> None:
    """Checks the model in `working`, lists its checksums and gives it its name; one of that name makes room only then.
    Raises SpeechModelMissing."""
    check_model_folder(working)
    write_sums(working)
    old = to.with_name(f".{to.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if to.exists():
        to.rename(old)
    working.rename(to)
    shutil.rmtree(old, ignore_errors=True)


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
