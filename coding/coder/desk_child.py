"""The process of the coding desk: it loads one coder, reads conversations as lines of JSON and answers their codes.

It ends when its input does, so that it never outlives the website, and when nobody has asked for long.
"""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from coding.child_process import end_gently_for_others, requests
from coding.coder.desk import CodedLine, Turn
from coding.coder.load import load_coder
from coding.coder.result import Coder
from coding.pipeline import CodedItem, TurnToCode, code_conversation
from coding.without_words import without_words
from models.errors import EvokeError


def main(folder: str, idle: float) -> None:
    """`idle`: seconds without a question after which it ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # a library that prints must not speak between the answers
    end_gently_for_others()
    for request in requests(idle=idle):
        answers.write(json.dumps({"number": request["number"], **_answer(folder, request)}) + "\n")


def _answer(folder: str, request: dict[str, Any]) -> dict[str, Any]:
    try:
        coder = load_coder(Path(folder))
        return {"version": coder.version, "lines": [one.as_json() for one in _coded(coder, request)]}
    except EvokeError as error:
        return {"failed": error.message}
    except Exception as error:
        return {"failed": without_words(error)}


def _coded(coder: Coder, request: dict[str, Any]) -> tuple[CodedLine, ...]:
    return lines_by(coder, request["turns"], change_goal=request["goal"], practitioner_labels=request["labels"])


def lines_by(
    coder: Coder, turns: Sequence[Turn], *, change_goal: str = "", practitioner_labels: Sequence[str] = ("You",)
) -> tuple[CodedLine, ...]:
    """What the desk answers, for who has the coder in their own process."""
    if not turns:
        return ()
    said = [TurnToCode(label, text) for label, text in turns]
    coded = code_conversation(said, coder=coder, change_goal=change_goal, practitioner_labels=practitioner_labels)
    return tuple(_line(one) for one in coded.utterances)


def _line(item: CodedItem) -> CodedLine:
    estimate = item.estimate
    return CodedLine(
        turn=item.utterance.turn, speaker=item.utterance.speaker, text=item.utterance.text, code=estimate.code,
        subtype=estimate.subtype, confidence=float(estimate.confidence), unsure=bool(estimate.unsure),
        probabilities={code: float(share) for code, share in estimate.probabilities.items()}, reason=estimate.reason,
    )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
