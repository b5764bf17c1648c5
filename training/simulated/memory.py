"""What has to be kept between two turns of a conversation with a simulated parent. Pure; goes to JSON and back."""

from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any

from coding.scheme.codes import ClientTalk
from training.simulated.format import Reply, Scenario
from training.simulated.state import State, starting


@dataclass(frozen=True)
class Memory:
    """`turns` counts the trainee's. `credit` is what is owed to each way of leaning, so that what is said keeps to what
    the state asks for. `used` are the ids of lines that were said; `told` the ids of concerns."""

    state: State
    turns: int = 0
    question_turns: int = 0
    credit: tuple[float, float, float] = (0.0, 0.0, 0.0)
    used: tuple[str, ...] = ()
    told: tuple[str, ...] = ()

    def having_said(self, reply: Reply) -> "Memory":
        return replace(self, used=(*self.used, line_id(reply)))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def of(kept: dict[str, Any]) -> "Memory":
        return Memory(
            state=State(**kept["state"]),
            turns=kept["turns"],
            question_turns=kept["question_turns"],
            credit=(kept["credit"][0], kept["credit"][1], kept["credit"][2]),
            used=tuple(kept["used"]),
            told=tuple(kept["told"]),
        )


WAYS = (ClientTalk.CT, ClientTalk.ST, ClientTalk.FN)


def beginning(scenario: Scenario) -> Memory:
    return Memory(state=starting(scenario.parent.start))


def line_id(reply: Reply) -> str:
    """Holds while the words hold, wherever the line stands in the file."""
    return sha256(reply.text.encode()).hexdigest()[:12]
