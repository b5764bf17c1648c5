"""Voices told apart by sherpa-onnx (k2-fsa), for an installation that has models for it; an optional extra."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coding.speech.clips import SpeechTurn
from coding.speech.decode import RATE
from coding.speech.diarize import USUAL_SPEAKERS, in_order_heard, speech_regions, turns_of
from coding.speech.errors import SpeechModelMissing
from coding.speech.listen import Region, frames_in
from coding.speech.sound import Sound
from coding.speech.voices import FRAME, Labels

SEGMENTATION, EMBEDDING = "segmentation.onnx", "embedding.onnx"
_SAYS = {SEGMENTATION: ("num_speakers", "powerset_max_classes", "window_size"), EMBEDDING: ("framework", "output_dim")}
"""What the library reads from each model; it ends the process where that is missing."""
_AGAIN = "Put it into the folder that EVOKE_SHERPA_MODELS names, or leave that empty for Evoke's own way."


@dataclass(frozen=True)
class BySherpa:
    """Everybody on one channel. What is speech Evoke says itself, so that none of it is left to nobody; whose it is,
    the models in `folder`. The whole recording is in memory meanwhile (230 MB an hour). `longest` as in
    `speech_regions`."""

    longest: float
    folder: Path

    def diarize(self, sound: Sound, speakers: int | None = None) -> list[SpeechTurn]:
        """Raises SpeechModelMissing."""
        check_sherpa_models(self.folder)
        regions = list(speech_regions(sound, 0, self.longest))
        if not regions:
            return []
        said = _process(self.folder, sound, USUAL_SPEAKERS if speakers is None else speakers)
        labels = in_order_heard(_labels(regions, said))
        return list(turns_of(regions, _levels(sound, regions), labels))


def check_sherpa_models(folder: Path) -> None:
    """Raises SpeechModelMissing, which says what is missing."""
    try:
        import sherpa_onnx  # noqa: F401
    except ImportError as error:
        raise SpeechModelMissing(
            "EVOKE_SHERPA_MODELS is set and the package sherpa-onnx is not installed.",
            "Install Evoke with its extra: pip install 'evoke[sherpa]'.",
        ) from error
    import onnxruntime

    for name, says in _SAYS.items():
        path = folder / name
        if not path.is_file():
            raise SpeechModelMissing(f"There is no {name} in {folder}.", _AGAIN)
        try:
            said = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]).get_modelmeta()
        except Exception as error:  # whatever the library makes of it, the file is no model
            raise SpeechModelMissing(f"{path} is not a whole ONNX model.", _AGAIN) from error
        if missing := [key for key in says if key not in said.custom_metadata_map]:
            raise SpeechModelMissing(
                f"{path} was not exported for sherpa-onnx: it does not say {', '.join(missing)}.", _AGAIN
            )


def _process(folder: Path, sound: Sound, speakers: int) -> list[tuple[float, float, int]]:
    """Start and end (seconds) and number of each speaker's segments, which may overlap."""
    import sherpa_onnx

    segmentation = sherpa_onnx.OfflineSpeakerSegmentationModelConfig(
        pyannote=sherpa_onnx.OfflineSpeakerSegmentationPyannoteModelConfig(model=str(folder / SEGMENTATION))
    )
    embedding = sherpa_onnx.SpeakerEmbeddingExtractorConfig(model=str(folder / EMBEDDING))
    config: Any = sherpa_onnx.OfflineSpeakerDiarizationConfig(
        segmentation=segmentation, embedding=embedding,
        clustering=sherpa_onnx.FastClusteringConfig(num_clusters=speakers),
    )  # fmt: skip
    found = sherpa_onnx.OfflineSpeakerDiarization(config).process(sound.clip(0, 0.0, sound.seconds))
    return [(one.start, one.end, one.speaker) for one in found.sort_by_start_time()]


def _labels(regions: Sequence[Region], said: Sequence[tuple[float, float, int]]) -> Labels:
    """Of every frame of speech: who speaks in it; of two at once who began later, who is the one that would be lost; of
    none the nearest."""
    at = np.concatenate([start + FRAME * (0.5 + np.arange(frames_in((start, end)))) for start, end in regions])
    labels, distance = np.zeros(len(at), np.int64), np.full(len(at), np.inf)
    for start, end, speaker in said:
        away = np.maximum(0.0, np.maximum(start - at, at - end))
        nearer = (away < distance) | (away == 0.0)
        labels[nearer], distance[nearer] = speaker, away[nearer]
    return labels


def _levels(sound: Sound, regions: Sequence[Region]) -> NDArray[np.float32]:
    length = int(FRAME * RATE)
    levels = []
    for region in regions:
        frames = frames_in(region)
        samples = np.zeros(frames * length, np.float32)
        heard = sound.clip(0, *region)[: len(samples)]
        samples[: len(heard)] = heard
        levels.append(np.log(np.square(samples.reshape(frames, length)).mean(axis=1) + 1e-10))
    return np.concatenate(levels).astype(np.float32)
