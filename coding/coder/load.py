"""Any coder from its folder."""

from functools import cache
from pathlib import Path

from coding.coder.model import DEFAULT
from coding.coder.result import Coder

_OF_AN_ENCODER = ("encoder.onnx", "heads.npz")


def load_coder(folder: Path) -> Coder:
    """The coder in a folder that `evoke train` wrote, loaded once a process by whatever path it is named. Raises
    ModelUnreadable."""
    return _loaded(folder.resolve())


def load_default_coder() -> Coder:
    """The coder that ships with Evoke."""
    return load_coder(DEFAULT)


@cache
def _loaded(folder: Path) -> Coder:
    """Its files tell its kind, so that `model.json`, which may be large, is read once."""
    if any((folder / name).exists() for name in _OF_AN_ENCODER):
        from coding.coder.encoder_coder import load_encoder_coder

        return load_encoder_coder(folder)
    from coding.coder.linear import load_linear

    return load_linear(folder)
