"""A speech model of a real one's shape with made-up weights, where no model can be had: it hears nothing, and takes as
long and as much memory as the real one, since both depend on shapes alone."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

_PLAIN = Path(__file__).parent.parent / "tests" / "fixtures" / "tiny-whisper"
_VOCABULARY = 51_864  # of models for English alone
_TIMES = 1_501  # 0.00 to 30.00 seconds
_AUDIO, _TEXT = 1_500, 448  # places in the two contexts
_SPREAD = 4.0  # of the text tokens' logits: far enough above what is never to be said


@dataclass(frozen=True)
class Shape:
    width: int
    heads: int
    encoder: int
    decoder: int
    mels: int = 80


SHAPES = {
    "tiny.en": Shape(384, 6, 4, 4),
    "small.en": Shape(768, 12, 12, 12),
    "medium.en": Shape(1024, 16, 24, 24),
    "large-v3-turbo": Shape(1280, 20, 32, 4, mels=128),
}


def make_speech_model(folder: Path, shape: Shape) -> None:
    """A folder as faster-whisper loads it. The end of a text is never likely, so texts are as long as is asked for."""
    from ctranslate2.specs import WhisperSpec
    from ctranslate2.specs.whisper_spec import WhisperConfig

    folder.mkdir(parents=True)
    first_special = _vocabulary(folder)
    spec = WhisperSpec(shape.encoder, shape.heads, shape.decoder, shape.heads)
    rng = np.random.default_rng(0)
    _fill(spec, shape, rng)
    words = rng.normal(0, _SPREAD / np.sqrt(shape.width), (_VOCABULARY, shape.width)).astype(np.float16)
    words[first_special:] = 0
    spec.decoder.embeddings.weight = words
    spec.decoder.projection.weight = words
    spec.config.alignment_heads = [(shape.decoder - 1, head) for head in range(min(6, shape.heads))]
    assert isinstance(spec.config, WhisperConfig)
    spec.config.suppress_ids, spec.config.suppress_ids_begin, spec.config.lang_ids = [], [first_special], []
    spec.register_vocabulary(json.loads((folder / "vocabulary.json").read_text()))
    spec.validate()
    spec.optimize(quantization="float16")
    spec.save(str(folder))
    settings = {
        "feature_size": shape.mels,
        "sampling_rate": 16_000,
        "hop_length": 160,
        "chunk_length": 30,
        "n_fft": 400,
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(settings))


def _vocabulary(folder: Path) -> int:
    """The plain model's words, made-up ones, the marks and the times; the place of the first mark."""
    told = json.loads((_PLAIN / "tokenizer.json").read_text())
    words: dict[str, int] = told["model"]["vocab"]
    first = _VOCABULARY - _TIMES - len(told["added_tokens"])
    words |= {f"Ġz{number}": number for number in range(len(words), first)}
    for place, added in enumerate(told["added_tokens"], first):
        added["id"] = place
    (folder / "tokenizer.json").write_text(json.dumps(told))
    names = [*sorted(words, key=words.__getitem__), *(one["content"] for one in told["added_tokens"])]
    names += [f"<|{tick / 50:.2f}|>" for tick in range(_TIMES)]
    assert len(names) == _VOCABULARY
    (folder / "vocabulary.json").write_text(json.dumps(names))
    return first


def _fill(spec: Any, shape: Shape, rng: np.random.Generator) -> None:
    wide, inner = shape.width, 4 * shape.width

    def linear(one: Any, out: int, into: int) -> None:
        one.weight = rng.normal(0, into**-0.5, (out, into)).astype(np.float16)
        one.bias = np.zeros(out, np.float16)

    def norm(one: Any) -> None:
        one.gamma, one.beta = np.ones(wide, np.float16), np.zeros(wide, np.float16)

    def attention(one: Any, *, of_other: bool = False) -> None:
        norm(one.layer_norm)
        for layer, rows in zip(one.linear, (1, 2, 1) if of_other else (3, 1), strict=True):
            linear(layer, rows * wide, wide)

    def feed_forward(one: Any) -> None:
        norm(one.layer_norm)
        linear(one.linear_0, inner, wide)
        linear(one.linear_1, wide, inner)

    for conv, into in ((spec.encoder.conv1, shape.mels), (spec.encoder.conv2, wide)):
        conv.weight = rng.normal(0, (3 * into) ** -0.5, (wide, into, 3)).astype(np.float16)
        conv.bias = np.zeros(wide, np.float16)
    for side, places in ((spec.encoder, _AUDIO), (spec.decoder, _TEXT)):
        side.position_encodings.encodings = rng.normal(0, 0.1, (places, wide)).astype(np.float16)
        norm(side.layer_norm)
        for layer in side.layer:
            attention(layer.self_attention)
            if hasattr(layer, "attention"):
                attention(layer.attention, of_other=True)
            feed_forward(layer.ffn)
