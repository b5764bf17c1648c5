"""A fine-tuned encoder as a file for ONNX Runtime, in whole numbers of eight bits."""

import tempfile
import warnings
from pathlib import Path
from typing import Any

from coding.coder.encoder_network import TrainedEncoder, base_model


def export_encoder(encoder: TrainedEncoder, folder: Path) -> None:
    """Writes `encoder.onnx` and `tokenizer.json`.

    Weights are scaled by channel and kept to seven bits: processors without whole-number dot products add pairs of
    products in sixteen bits, which eight bits overflow.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from tokenizers import Tokenizer

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        whole = Path(place) / "encoder.onnx"
        write_onnx(encoder.network, whole)
        quantize_dynamic(
            whole, folder / "encoder.onnx", per_channel=True, reduce_range=True, weight_type=QuantType.QInt8
        )
    tokenizer = Tokenizer.from_file(str(base_model() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(folder / "tokenizer.json"), pretty=True)  # a line a word, for those who compare versions


def write_onnx(network: Any, path: Path) -> None:
    """The encoder without its heads: token ids, sides and mask (batch × tokens) in, a vector a token out."""
    import torch

    class Bare(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.encoder = network.encoder

        def forward(self, input_ids: Any, token_type_ids: Any, attention_mask: Any) -> Any:
            return self.encoder(
                input_ids=input_ids, token_type_ids=token_type_ids, attention_mask=attention_mask
            ).last_hidden_state

    some = torch.ones((2, 8), dtype=torch.int64)
    names = ["input_ids", "token_type_ids", "attention_mask"]
    axes = {name: {0: "batch", 1: "tokens"} for name in (*names, "vectors")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Bare().eval(), (some, some * 0, some), str(path), input_names=names, output_names=["vectors"],
            dynamic_axes=axes, opset_version=17, dynamo=False,
        )  # fmt: skip
