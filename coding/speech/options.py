"""The settings of an installation as options of the speech model."""

from pathlib import Path
from typing import TYPE_CHECKING

from models.settings import Settings

VOICES = "voices-1"
"""How speakers are told apart (`coding.speech.voices`); another way gets another name."""

if TYPE_CHECKING:
    from coding.speech.transcribe import WhisperOptions


def whisper_options(settings: Settings, device: str) -> "WhisperOptions":
    """`device` is one that can be used: cpu, cuda or cuda:1."""
    from coding.speech.speech_models import default_model
    from coding.speech.transcribe import WhisperOptions

    return WhisperOptions(
        model=settings.whisper_model or default_model(device, settings.whisper_language), device=device,
        models_folder=settings.speech_models_folder, compute_type=settings.whisper_compute_type,
        language=settings.whisper_language or None, allow_download=settings.whisper_download,
        sherpa_models=Path(settings.sherpa_models) if settings.sherpa_models else None,
    )  # fmt: skip


def method_of(options: "WhisperOptions") -> str:
    """Clips heard by one model are not mixed with those of another, in another language, or with clips cut
    differently."""
    language = options.language or "any language"
    voices = f"sherpa-onnx {str(options.sherpa_models)[-50:]}" if options.sherpa_models else VOICES
    return f"faster-whisper {options.model[-120:]} {language} {options.clip_seconds:g} s, {voices}"
