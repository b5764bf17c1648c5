"""The weights that ship, from those the package Resemblyzer carries: `python -m coding.speech.convert_voice_encoder
PRETRAINED.PT OUT.NPZ`. Needs torch, once; `THIRD_PARTY.md` says whose they are."""

import sys
from pathlib import Path

import numpy as np


def convert(pretrained: Path, out: Path) -> None:
    """LSTM and linear layer as float16; the biases of input and state, which are only ever added, as one."""
    import torch

    state = torch.load(pretrained, map_location="cpu", weights_only=True)["model_state"]
    kept = {
        "linear": state["linear.weight"],
        "linear_bias": state["linear.bias"],
    }
    for layer in range(3):
        kept[f"input_{layer}"] = state[f"lstm.weight_ih_l{layer}"]
        kept[f"recurrent_{layer}"] = state[f"lstm.weight_hh_l{layer}"]
        kept[f"bias_{layer}"] = state[f"lstm.bias_ih_l{layer}"] + state[f"lstm.bias_hh_l{layer}"]
    np.savez_compressed(out, **{name: values.numpy().astype(np.float16) for name, values in kept.items()})


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
