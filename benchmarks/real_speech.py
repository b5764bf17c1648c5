"""`make test-real-speech`: the role play of two minutes with a speech model that people use, not with the tests' own.

`EVOKE_WHISPER_MODEL` names the model or its folder; without it it is `small.en`. What is not on this machine is fetched
into Evoke's model folder, as `evoke speech models fetch` does. Ends with 1 where a target is missed or nothing could be
measured.
"""

import sys
from pathlib import Path

from benchmarks.role_play import NotTranscribed, role_play_figures
from coding.speech.errors import SpeechModelMissing
from coding.speech.speech_models import find_model
from models.settings import Settings

DEFAULT = "small.en"


def main() -> int:
    settings = Settings()
    model = settings.whisper_model or DEFAULT
    print(f"Speech model: {model}", flush=True)
    try:
        folder = find_model(model, allow_download=True, shelf=settings.speech_models_folder)
        return _measure(folder)
    except SpeechModelMissing as missing:
        return _not_measured(str(missing.facts["what"]), str(missing.facts["do"]))
    except NotTranscribed as stopped:
        return _not_measured(str(stopped), "See what Evoke says above, mend it, and run this again.")


def _measure(folder: Path) -> int:
    missed = 0
    for figure in role_play_figures(folder):
        print(figure.line(), flush=True)
        missed += not figure.ok
    print("All targets are met." if not missed else f"{missed} targets are missed.")
    return 1 if missed else 0


def _not_measured(what: str, do: str) -> int:
    print(f"Not measured. {what}\n{do}", file=sys.stderr)
    print("EVOKE_WHISPER_MODEL may also name the folder of another model that is on this machine.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
