"""What the coder learns from: AnnoMI, PAIR and the authored corpus, brought to one shape.

AnnoMI and PAIR are not shipped; a user names the files. AnnoMI: Wu et al. 2022/2023, doi 10.3390/fi15030110.
PAIR: Min et al. 2022.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from coding.coder.result import UtteranceToCode
from coding.corpus.annomi import ANNOMI_CODES, CodedPart, load_annomi_codes
from coding.corpus.load import load_corpus
from coding.scheme.codes import Behaviour, ClientTalk, Code, QuestionType, Speaker, Subtype
from models.errors import EvokeError


class TrainingFileUnreadable(EvokeError):
    code = "training_file_unreadable"


class Source(StrEnum):
    """AnnoMI comes as its own annotators coded it, a class an utterance; in parts coded by MITI 4.2.1; and, for an
    encoder with teachers, in parts as the parser cuts them, which nobody coded. OWN is an authority's own sessions,
    coded or corrected by its coaches."""

    ANNOMI = "annomi"
    ANNOMI_PARTS = "annomi_parts"
    ANNOMI_CUT = "annomi_cut"
    AUTHORED = "authored"
    PAIR = "pair"
    OWN = "own"


class MainBehaviour(StrEnum):
    """AnnoMI's four classes of therapist behaviour."""

    QUESTION = "question"
    REFLECTION = "reflection"
    INPUT = "therapist_input"
    OTHER = "other"


CODES_OF = {
    MainBehaviour.QUESTION: (Behaviour.Q, Behaviour.SEEK),
    MainBehaviour.REFLECTION: Behaviour.reflections(),
    MainBehaviour.INPUT: (Behaviour.GI, Behaviour.PERSUADE, Behaviour.PWP),
    MainBehaviour.OTHER: (Behaviour.AF, Behaviour.EMPHASIZE, Behaviour.CONFRONT, Behaviour.NC),
}
"""Which MITI codes an AnnoMI class may stand for. Seek is nearly always asked, so its place is with questions; in two
classes at once it would soak up both."""

CLASS_OF = {code: main for main, codes in CODES_OF.items() for code in codes}
_TALK = {"change": ClientTalk.CT, "sustain": ClientTalk.ST, "neutral": ClientTalk.FN}
_EXISTS = {MainBehaviour.QUESTION: "question_exists", MainBehaviour.REFLECTION: "reflection_exists"}
_REFLECTION = {"simple": Behaviour.SR, "complex": Behaviour.CR}


@dataclass(frozen=True)
class Example:
    """One utterance with what is known of its code: any of `allowed`. `main` and `subtype` where the source says;
    `holds` is every class that AnnoMI's annotators found in it, None where they were not asked."""

    utterance: UtteranceToCode
    allowed: tuple[Code, ...]
    main: MainBehaviour | None = None
    subtype: Subtype | None = None
    holds: frozenset[MainBehaviour] | None = None


@dataclass(frozen=True)
class TrainingConversation:
    """`group` names what must not be split between training and testing: the video, the author's letter, the prompt.
    `quality` balances folds. `change_goal` is the change that the client's talk leans towards or away from."""

    transcript_id: str
    source: Source
    group: str
    quality: str
    examples: tuple[Example, ...]
    change_goal: str = ""


ANNOMI_COLUMNS = (
    "mi_quality", "transcript_id", "video_url", "topic", "utterance_id", "interlocutor", "utterance_text",
    "reflection_exists", "reflection_subtype", "question_exists", "question_subtype", "main_therapist_behaviour",
    "client_talk_type",
)  # fmt: skip


AnnomiRows = dict[str, dict[int, list[dict[str, str]]]]
"""AnnoMI's rows (one an annotator) by transcript and utterance."""


def read_annomi(path: Path) -> list[TrainingConversation]:
    """AnnoMI "full": rows of several annotators become one utterance by majority (the first seen breaks a tie)."""
    told = _annomi_rows(path)
    return [
        _annomi_conversation(
            transcript, rows, Source.ANNOMI, group,
            [_annomi_example(place, rows[number]) for place, number in enumerate(sorted(rows))],
        )
        for transcript, rows, group in _with_groups(told)
    ]  # fmt: skip


def read_annomi_parts(path: Path, codes: Path = ANNOMI_CODES) -> list[TrainingConversation]:
    """The transcripts of AnnoMI of which `codes` covers anything, an example a part."""
    coded = load_annomi_codes(codes)
    talks = [
        _annomi_conversation(
            transcript, rows, Source.ANNOMI_PARTS, group,
            [
                example
                for place, number in enumerate(sorted(rows))
                for example in _part_examples(place, rows[number], coded.get((transcript, number), ()))
            ],
        )
        for transcript, rows, group in _with_groups(_annomi_rows(path))
    ]  # fmt: skip
    return [talk for talk in talks if any(len(example.allowed) == 1 for example in talk.examples)]


def _annomi_rows(path: Path) -> AnnomiRows:
    told: AnnomiRows = defaultdict(lambda: defaultdict(list))
    for row in read_table(path, ANNOMI_COLUMNS):
        try:
            told[row["transcript_id"]][int(row["utterance_id"])].append(row)
        except ValueError as error:
            raise TrainingFileUnreadable(f"{path.name}: utterance_id must be a whole number.") from error
    return told


def _with_groups(told: AnnomiRows) -> Iterator[tuple[str, dict[int, list[dict[str, str]]], str]]:
    joined = _joined_groups({transcript: _videos(rows) for transcript, rows in told.items()})
    for transcript, rows in told.items():
        yield transcript, rows, joined[transcript]


def _annomi_conversation(
    transcript: str, rows: dict[int, list[dict[str, str]]], source: Source, group: str, examples: list[Example]
) -> TrainingConversation:
    first = next(iter(rows.values()))[0]
    name = f"{source}-{transcript}"
    return TrainingConversation(name, source, group, first["mi_quality"], tuple(examples), first["topic"])


def _part_examples(place: int, rows: list[dict[str, str]], parts: tuple[CodedPart, ...]) -> Iterator[Example]:
    """An utterance that nobody coded, or whose text is not the one that was coded, is context alone."""
    first = rows[0]
    text = first["utterance_text"]
    speaker = Speaker.PRACTITIONER if first["interlocutor"] == "therapist" else Speaker.CLIENT
    everything: tuple[Code, ...] = tuple(Behaviour) if speaker is Speaker.PRACTITIONER else tuple(ClientTalk)
    if not parts or parts[0].length != len(text):
        parts = (CodedPart(len(text), 0, None, None),)
    for number, (part, after) in enumerate(zip(parts, (*parts[1:], None), strict=True)):
        said = text[part.start : after.start if after else None].strip()
        code = part.code if part.code in everything else None
        main = CLASS_OF[code] if isinstance(code, Behaviour) else None
        utterance = UtteranceToCode(place, number, speaker, said)
        yield Example(utterance, everything if code is None else (code,), main, part.subtype if code else None)


def _annomi_example(place: int, rows: list[dict[str, str]]) -> Example:
    first = rows[0]
    speaker = Speaker.PRACTITIONER if first["interlocutor"] == "therapist" else Speaker.CLIENT
    utterance = UtteranceToCode(place, 0, speaker, first["utterance_text"])
    if speaker is Speaker.CLIENT:
        return Example(utterance, (_TALK[_most(rows, "client_talk_type")],))
    main = MainBehaviour(_most(rows, "main_therapist_behaviour"))
    allowed: tuple[Code, ...] = CODES_OF[main]
    depth = _most([r for r in rows if r["reflection_exists"] == "True"], "reflection_subtype")
    if main is MainBehaviour.REFLECTION and depth in _REFLECTION:
        allowed = (_REFLECTION[depth],)
    asked = _most([r for r in rows if r["question_exists"] == "True"], "question_subtype")
    wanted = _most(rows, "question_exists") == "True" and asked in set(QuestionType)
    holds = frozenset(one for one, column in _EXISTS.items() if _most(rows, column) == "True")
    return Example(utterance, allowed, main, QuestionType(asked) if wanted else None, holds)


def _most(rows: Iterable[dict[str, str]], column: str) -> str:
    votes = Counter(row[column] for row in rows)
    return votes.most_common(1)[0][0] if votes else ""


def _videos(rows: dict[int, list[dict[str, str]]]) -> set[str]:
    return {_video(row["video_url"]) for said in rows.values() for row in said}


def _video(url: str) -> str:
    """The video itself: several transcripts are parts of one, told apart by a time in the address."""
    found = re.search(r"(?:[?&]v=|youtu\.be/|/embed/)([\w-]{11})", url)
    return found.group(1) if found else re.sub(r"([?&#])(t|start|time_continue)=[\dhms]+&?", r"\1", url).rstrip("?&#")


def _joined_groups(videos: dict[str, set[str]]) -> dict[str, str]:
    """Transcripts that share a video, directly or through a third, get the same group."""
    group_of: dict[str, str] = {}
    for transcript in videos:
        mine = {transcript}
        names = set(videos[transcript])
        while grown := {t for t, v in videos.items() if v & names} - mine:
            mine |= grown
            names = names.union(*(videos[t] for t in grown))
        group_of[transcript] = min(names)
    return group_of


def read_authored(folder: Path, *, leave_out: frozenset[str] = frozenset()) -> list[TrainingConversation]:
    return [
        TrainingConversation(
            transcript_id=talk.transcript_id,
            source=Source.AUTHORED,
            group=talk.author,
            quality=talk.quality.value,
            examples=tuple(
                Example(
                    UtteranceToCode(said.turn, said.utterance, said.speaker, said.text),
                    (said.code,),
                    CLASS_OF[said.code] if isinstance(said.code, Behaviour) else None,
                    said.subtype,
                )
                for said in talk.utterances
                if said.code is not None
            ),
            change_goal=talk.goal,
        )
        for talk in load_corpus(folder)
        if talk.transcript_id not in leave_out
    ]


_NO_REFLECTION = tuple(code for code in Behaviour if code not in Behaviour.reflections())
_PAIR_CODES: dict[str, tuple[Code, ...]] = {
    "hq1": (Behaviour.CR,),
    "hq2": (Behaviour.CR,),
    "mq1": (Behaviour.SR,),
    **{f"lq{number}": _NO_REFLECTION for number in range(1, 6)},
}


def read_pair(path: Path) -> list[TrainingConversation]:
    """Each prompt with each reply is a conversation of two utterances; the prompt itself carries no code."""
    talks = []
    for number, row in enumerate(read_table(path, ("prompt", *_PAIR_CODES))):
        for column, allowed in _PAIR_CODES.items():
            if not row[column].strip():
                continue
            prompt = UtteranceToCode(0, 0, Speaker.CLIENT, row["prompt"])
            reply = UtteranceToCode(1, 0, Speaker.PRACTITIONER, row[column])
            examples = (Example(prompt, tuple(ClientTalk)), Example(reply, allowed))
            talks.append(
                TrainingConversation(f"pair-{number}-{column}", Source.PAIR, f"pair-{number}", column, examples)
            )  # fmt: skip
    return talks


def read_table(path: Path, needed: tuple[str, ...]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TrainingFileUnreadable(f"{path} cannot be read as a CSV file in UTF-8 ({error}).") from error
    missing = [name for name in needed if name not in (reader.fieldnames or ())]
    if missing:
        raise TrainingFileUnreadable(f"{path.name} lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}.")
    return rows
