"""Tries a device with a very small Whisper of random numbers, in a process of its own: where a CUDA library is missing,
the native code ends the whole process instead of raising."""

import json
import sys
import tempfile
from typing import Any

import numpy as np

_WIDTH, _WORDS, _MELS, _HEARD, _WRITTEN = 64, 100, 80, 1500, 448


def try_device(device: str) -> str:
    """What the model was run on, like cuda:0. Raises RuntimeError or ValueError where it cannot be used, or ends the
    process."""
    import ctranslate2

    kind, _, number = device.partition(":")
    if kind == "cuda" and int(number or 0) >= ctranslate2.get_cuda_device_count():
        raise RuntimeError(f"there are {ctranslate2.get_cuda_device_count()} GPUs")
    with tempfile.TemporaryDirectory() as folder:
        write_small_whisper(folder)
        model = ctranslate2.models.Whisper(
            folder, device=kind, device_index=int(number or 0),
            compute_type="float16" if kind == "cuda" else "float32",
        )  # fmt: skip
    sound = np.zeros((1, _MELS, 2 * _HEARD), np.float32)
    heard = model.encode(ctranslate2.StorageView.from_array(sound), to_cpu=True)  # the convolutions need cuDNN
    assert tuple(heard.shape) == (1, _HEARD, _WIDTH)
    return f"{kind}:{int(number or 0)}" if kind == "cuda" else kind


def write_small_whisper(folder: str) -> None:
    from ctranslate2.specs.model_spec import visit_spec
    from ctranslate2.specs.whisper_spec import WhisperSpec

    numbers = np.random.default_rng(0)
    spec = WhisperSpec(1, 1, 1, 1)

    def fill(part: Any, name: str, value: Any) -> None:
        if value is not None:
            return
        shape = _shape(name)
        made = np.ones(shape) if name.endswith("gamma") else numbers.normal(0, 0.02, shape)
        setattr(part, name.rpartition("/")[2], made.astype(np.float32))

    visit_spec(spec, fill)
    for side, length in ((spec.encoder, _HEARD), (spec.decoder, _WRITTEN)):
        side.position_encodings.encodings = numbers.normal(0, 0.02, (length, _WIDTH)).astype(np.float32)
    spec.register_vocabulary([f"<{word}>" for word in range(_WORDS)])
    spec.validate()
    spec.save(folder)


def _shape(name: str) -> tuple[int, ...]:
    wide = _WIDTH
    if name.endswith(("gamma", "beta")):
        return (wide,)
    if "conv" in name:
        return (wide, _MELS if "conv1" in name else wide, 3)
    if "embeddings" in name or "projection" in name:
        return (_WORDS, wide)
    if "ffn" in name:
        return (4 * wide, wide) if "linear_0" in name else (wide, 4 * wide)
    rows = {"self_attention/linear_0": 3, "/attention/linear_1": 2}
    return (next((times for part, times in rows.items() if part in name), 1) * wide, wide)


if __name__ == "__main__":
    try:
        print(json.dumps({"usable": try_device(sys.argv[1])}))
    except Exception as error:
        print(json.dumps({"why": f"{type(error).__name__}: {error}"}))
