"""Who is the practitioner, when the speakers have no names that say so."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coding.coder.model import ITS_LINEAR, HeadName, LinearModel
from coding.coder.surroundings import Surroundings
from coding.scheme.codes import Speaker

_INTRODUCES_THEMSELF = re.compile(
    r"\b(?:i['’]?m|i am|my name is|my name['’]?s|this is)\b[^.?!]{0,40}"
    r"\b(?:(?:your|the|a|an) (?:new |duty |family |children['’]s )?(?:social |support |key |recovery )?worker\b"
    r"|probation officer|health visitor|(?:domestic abuse|recovery|family safeguarding) practitioner"
    r"|from (?:the )?(?:family safeguarding|children['’]?s services|social services|social care|probation|council))",
    re.IGNORECASE,
)
_INTRODUCTION = 6.0  # log odds, of a person who says once that they are a worker
_MOST_TURNS = 400  # of each speaker: enough to be sure, and a day of talk stays cheap


@dataclass(frozen=True)
class RoleGuess:
    """`confidence` (0–1) is the chance that `label` is the practitioner rather than any other speaker."""

    label: str
    confidence: float


def who_is_practitioner(turns: Sequence[tuple[str, str]], model: LinearModel | None = None) -> RoleGuess:
    """The speaker whose words, over the whole conversation, sound most like a practitioner's; that somebody says they
    are a worker counts for much.

    `turns` are (speaker label, text). Raises ValueError when there is none.
    """
    if not turns:
        raise ValueError("a conversation with at least one turn is needed")
    model = model or _shipped()
    said: dict[str, list[str]] = defaultdict(list)
    for label, text in turns:
        texts = said[label]
        if len(texts) < _MOST_TURNS and any(map(str.isalnum, text)):  # not "…", where no words were heard
            texts.append(text)
    odds = {label: float(practitioner_odds(model, texts).sum()) for label, texts in said.items()}
    for name, texts in said.items():
        odds[name] += _INTRODUCTION * model.role_temperature * any(map(_INTRODUCES_THEMSELF.search, texts))
    label = max(odds, key=lambda name: odds[name])
    rivals = [value for name, value in odds.items() if name != label]
    lead = odds[label] - max(rivals, default=0.0)
    return RoleGuess(label, float(1.0 / (1.0 + np.exp(-np.clip(lead / model.role_temperature, -50, 50)))))


def practitioner_odds(model: LinearModel, texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Log-odds, turn by turn, that a practitioner said it, from the words alone; not yet calibrated."""
    head = model.heads[HeadName.ROLE]
    rows = model.space.rows([alone(text) for text in texts])
    logits = head.logits(rows)
    first = head.classes.index(Speaker.PRACTITIONER.value)
    return np.asarray(logits[:, first] - logits[:, 1 - first], np.float32)


def alone(text: str) -> Surroundings:
    """An utterance as if nothing stood around it; the speaker named here is not looked at."""
    return Surroundings(text, Speaker.PRACTITIONER, "", "", "", 0, 0)


def _shipped() -> LinearModel:
    from coding.coder.linear import load_linear

    return load_linear(ITS_LINEAR).model
