"""Whether recordings could be heard here, by the model's files alone: nothing is loaded."""

from dataclasses import dataclass

from coding.speech.errors import SpeechModelMissing
from models.settings import Settings


@dataclass(frozen=True)
class Ready:
    """If not `ready`, `problem` says why and what to do."""

    ready: bool
    problem: str = ""


def speech_ready(settings: Settings) -> Ready:
    """Where it is found out later on what is heard, a model for either will do."""
    from coding.speech.speech_models import default_model, find_model

    devices = ("cpu", "cuda") if settings.whisper_device == "auto" else (settings.whisper_device,)
    usual = [default_model(device, settings.whisper_language) for device in devices]
    problem = ""
    for model in [settings.whisper_model] if settings.whisper_model else usual:
        try:
            find_model(model, allow_download=False, shelf=settings.speech_models_folder)
            return Ready(True)
        except SpeechModelMissing as error:
            problem = problem or f"{error.facts['what']} {error.facts['do']}"
    return Ready(settings.whisper_download, "" if settings.whisper_download else problem)
