"""The coder that ships: the encoder's answer and the linear model's, weighed together head by head."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from coding.coder.encoder import Encoder, LinearReadout, Read
from coding.coder.estimates import Chosen, estimates_of
from coding.coder.examples import Examples
from coding.coder.heads import Floats, softmax
from coding.coder.linear import LinearCoder, load_linear
from coding.coder.model import HeadName, ModelUnreadable
from coding.coder.result import CodeEstimate, UtteranceToCode
from coding.coder.session_prior import adjusted
from coding.coder.surroundings import surroundings
from coding.coder.windows import Piece
from coding.coder.word_parts import reason, words_that_carried
from coding.scheme.codes import Speaker

FORMAT = 3
_CHUNK = 1_000  # utterances at a time, so that a day of talk needs little memory


@dataclass(frozen=True)
class Blend:
    """A head's logits are `linear` times the linear model's plus `encoder` times the encoder's: learned on answers to
    conversations that neither had seen, so their softmax is calibrated. `usual` is how often each class comes over many
    sessions, where the session at hand may speak for other shares; empty where it may not."""

    linear: float
    encoder: float
    usual: tuple[float, ...] = ()

    def logits(self, linear: Floats, encoder: Floats) -> Floats:
        return np.asarray(self.linear * linear + self.encoder * encoder, np.float32)

    def shares(self, linear: Floats, encoder: Floats) -> Floats:
        """Of one session's utterances of one speaker."""
        shares = softmax(self.logits(linear, encoder))
        return adjusted(shares, np.asarray(self.usual, np.float32)) if self.usual else shares


@dataclass(frozen=True)
class EncoderModel:
    """What `model.json` and `heads.npz` hold. `readout` gives each head's logits, in the order of `heads`, and then the
    direction in which examples are looked for."""

    version: str
    heads: Mapping[HeadName, tuple[str, ...]]
    blends: Mapping[HeadName, Blend]
    readout: LinearReadout
    thresholds: Mapping[Speaker, float]
    examples: Examples
    about: Mapping[str, Any]


class EncoderCoder:
    """A `Coder`."""

    def __init__(self, model: EncoderModel, encoder: Encoder, linear: LinearCoder) -> None:
        self.model, self.encoder, self.linear = model, encoder, linear

    @property
    def version(self) -> str:
        return self.model.version

    def parse(self, turn: str, speaker: Speaker) -> list[str]:
        return self.linear.parse(turn, speaker)

    def code(self, conversation: Sequence[UtteranceToCode], *, change_goal: str = "") -> list[CodeEstimate]:
        if not conversation:
            return []
        read = list(self.encoder.read(conversation, change_goal, self.model.readout))
        outputs = np.array([one.outputs for _, one in read], np.float32)
        shares, columns, at = {}, {}, 0
        for name, classes in self.model.heads.items():
            columns[name] = slice(at, at + len(classes))
            at += len(classes)
        linear = self._linear(conversation)
        practitioner = np.array([said.speaker is Speaker.PRACTITIONER for said in conversation])
        for name, mine in columns.items():
            shares[name] = np.zeros((len(read), mine.stop - mine.start), np.float32)
            for side in (practitioner, ~practitioner):
                shares[name][side] = self.model.blends[name].shares(linear[name][side], outputs[side, mine])

        def why(chosen: Chosen) -> list[str]:
            codes = [chosen.codes[best] for best in chosen.best]
            texts = [conversation[place].text for place in chosen.places]
            examples = self.model.examples.nearest(outputs[chosen.places, at:], codes, texts)
            mine = [read[place] for place in chosen.places]
            return list(_reasons(chosen, texts, mine, columns[chosen.head], examples))

        return estimates_of(
            [said.speaker for said in conversation], shares, self.model.heads, self.model.thresholds, why
        )

    def _linear(self, conversation: Sequence[UtteranceToCode]) -> dict[HeadName, Floats]:
        around = surroundings(conversation)
        parts = [self.linear.logits(around[start : start + _CHUNK]) for start in range(0, len(around), _CHUNK)]
        return {name: np.concatenate([part[name] for part in parts]) for name in self.model.heads}


def _reasons(
    chosen: Chosen, texts: list[str], read: list[tuple[Piece, Read]], columns: slice, examples: list[str]
) -> Iterator[str]:
    """A token's part is how much more it favours the chosen code than the others, these weighted by how likely they
    were."""
    rows = np.arange(len(texts))
    others = chosen.shares.copy()
    others[rows, chosen.best] = 0.0
    rivals = others.argmax(axis=1).tolist()
    over = np.zeros((len(texts), columns.stop - columns.start), np.float32)  # in the order of the head's classes
    over[:, chosen.order] = -others / np.maximum(others.sum(axis=1, keepdims=True), 1e-9)
    over[rows, np.asarray(chosen.order)[chosen.best]] = 1.0
    bests, unsure = chosen.best.tolist(), chosen.unsure.tolist()
    for row, (text, (piece, one), example) in enumerate(zip(texts, read, examples, strict=True)):
        phrases = words_that_carried(text, piece, one.parts[:, columns] @ over[row])
        rival = chosen.codes[rivals[row]] if unsure[row] else None
        yield reason(phrases, chosen.codes[bests[row]], rival, example)


def save_encoder_model(model: EncoderModel, folder: Path) -> None:
    """Writes `model.json` and `heads.npz` beside `encoder.onnx`, `tokenizer.json` and the folder `linear`."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        folder / "heads.npz", of_mean=model.readout.of_mean.astype(np.float32),
        of_mark=model.readout.of_mark.astype(np.float32), intercepts=model.readout.intercepts.astype(np.float32),
        directions=model.examples.directions,
    )  # fmt: skip
    text = {
        "format": FORMAT,
        "version": model.version,
        "about": model.about,
        "thresholds": {speaker.value: threshold for speaker, threshold in model.thresholds.items()},
        "heads": {
            name.value: {
                "classes": classes, "linear": model.blends[name].linear, "encoder": model.blends[name].encoder,
                "usual": model.blends[name].usual,
            }
            for name, classes in model.heads.items()
        },
        "examples": list(zip(model.examples.codes, model.examples.texts, strict=True)),
    }  # fmt: skip
    (folder / "model.json").write_text(json.dumps(text, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def load_encoder_coder(folder: Path) -> EncoderCoder:
    """Raises ModelUnreadable when files are missing, broken, or of another format."""
    try:
        text = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        if text["format"] != FORMAT:
            raise ModelUnreadable(f"The coder in {folder} was saved in another format; train it again.")
        with np.load(folder / "heads.npz", allow_pickle=False) as numbers:
            weights = (numbers["of_mean"], numbers["of_mark"], numbers["intercepts"])
            directions = numbers["directions"]
        heads = {HeadName(name): head for name, head in text["heads"].items()}
        readout = LinearReadout(*weights, explained=sum(len(head["classes"]) for head in heads.values()))
        model = EncoderModel(
            version=text["version"],
            heads={name: tuple(head["classes"]) for name, head in heads.items()},
            blends={name: Blend(head["linear"], head["encoder"], tuple(head["usual"])) for name, head in heads.items()},
            readout=readout,
            thresholds={Speaker(name): threshold for name, threshold in text["thresholds"].items()},
            examples=Examples(
                tuple(said for _, said in text["examples"]), tuple(code for code, _ in text["examples"]), directions
            ),
            about=text["about"],
        )
        return EncoderCoder(model, Encoder(folder), load_linear(folder / "linear"))
    except ModelUnreadable:
        raise
    except Exception as error:  # ONNX Runtime and the tokenizer raise kinds of their own
        raise ModelUnreadable(f"The coder in {folder} cannot be loaded ({error}). Train it again.") from error
