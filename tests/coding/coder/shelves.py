"""Coders of an authority's own for the tests: the small one that ships, under another version and a little spoilt."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from coding.coder.model import LINEAR


def own_coder(folder: Path, *, version: str = "", **changes: Any) -> Path:
    """`changes` are of its `model.json`; None takes a piece out."""
    shutil.copytree(LINEAR, folder)
    text = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    text |= {"version": version or f"linear-2 {folder.name}"} | changes
    text = {name: value for name, value in text.items() if value is not None}
    (folder / "model.json").write_text(json.dumps(text), encoding="utf-8")
    return folder


def change_weights(folder: Path, **numbers: np.ndarray[Any, Any]) -> None:
    with np.load(folder / "weights.npz") as kept:
        whole = dict(kept) | numbers
    np.savez_compressed(folder / "weights.npz", **whole)
