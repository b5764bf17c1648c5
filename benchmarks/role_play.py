"""The role play of two minutes, from upload to coded session: how much of it came out right."""

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.running import running_evoke, signed_in, wait_until
from benchmarks.speech_score import SpeakerScore, Stretch, speaker_score, word_error_rate
from coding.coder.figures import Figure, at_least, at_most, for_information
from tests.fixtures import two_minutes

DETAILS = {"kind": "role_play", "agreement_confirmed": "yes", "change_goal": "drink less"}
_LONGEST = 1800.0  # seconds: a large model on a slow machine


class NotTranscribed(Exception):
    """The session stopped; the message is what Evoke says about it."""


@dataclass(frozen=True)
class Judged:
    """`words`: word error rate. `roles`: share of the found speakers with the role of the person they are, by turns.
    `took`: seconds from upload to coded session, 0 where it was not timed."""

    words: float
    speakers: SpeakerScore
    roles: float
    took: float = 0.0

    def figures(self, name: str) -> list[Figure]:
        return [
            at_most(f"{name}: word error", 100 * self.words, 12, "%"),
            at_most(f"{name}: speaker confusion", 100 * self.speakers.confusion, 2, "%"),
            for_information(f"{name}: speech given to nobody", 100 * self.speakers.missed / self.speakers.speech, "%"),
            at_least(f"{name}: turns with the right role", 100 * self.roles, 100, "%"),
            for_information(f"{name}: upload to coded session", self.took, "s"),
        ]


def judge(session: Mapping[str, Any], said: str, truth: Sequence[Stretch], took: float = 0.0) -> Judged:
    """`session` as `GET /api/v1/sessions/…` answers; names in `truth` are roles."""
    turns = session["turns"]
    heard = " ".join(utterance["text"] for turn in turns for utterance in turn["utterances"])
    found = [Stretch(turn["started"], turn["ended"], turn["speaker_label"]) for turn in turns]
    speakers = speaker_score(truth, found)
    right = sum(speakers.names.get(turn["speaker_label"]) == turn["role"] for turn in turns)
    return Judged(word_error_rate(said, heard), speakers, right / len(turns), took)


def upload_and_judge(client: httpx.Client, path: Path, said: str, truth: Sequence[Stretch]) -> Judged:
    """`client` is signed in. Raises NotTranscribed."""
    started = time.perf_counter()
    answer = client.post("/api/v1/sessions", data=DETAILS, files={"file": (path.name, path.read_bytes())})
    url = answer.raise_for_status().json()["url"]
    wait_until(lambda: client.get(f"{url}/progress").json()["stage"] in ("ready", "stopped"), _LONGEST)
    took = time.perf_counter() - started
    session = client.get(url).raise_for_status().json()
    if session["stage"] != "ready":
        raise NotTranscribed(session["problem"])
    return judge(session, said, truth, took)


def role_play_figures(model: Path) -> Iterator[Figure]:
    """`model` is a speech model's folder. Raises NotTranscribed."""
    said, truth = two_minutes.SAID, two_minutes.truth()
    with (
        tempfile.TemporaryDirectory() as name,
        running_evoke(Path(name), EVOKE_WHISPER_MODEL=str(model.resolve())) as (address, _),
        signed_in(address) as client,
    ):
        wait_until(lambda: _all_coded(client), _LONGEST)  # the demo's own sessions are not what is timed
        for kind, path in (("one channel", two_minutes.MONO), ("a channel each", two_minutes.STEREO)):
            judged = upload_and_judge(client, path, said, truth)
            yield from judged.figures(f"role play of two minutes, {kind}")


def _all_coded(client: httpx.Client) -> bool:
    return all(one["stage"] == "ready" for one in client.get("/api/v1/sessions").json()["sessions"])
