"""How far a coded file agrees with gold: by code, by volley, and beyond chance."""

import csv
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from coding.coder.training_data import CLASS_OF, MainBehaviour
from coding.scheme.codes import Behaviour, ClientTalk, Code, CodedUtterance, QuestionType, Speaker
from coding.scheme.counts import codes_of_volley
from coding.scheme.volleys import Volley, volley_indices
from models.errors import EvokeError

_KEY = ("transcript_id", "turn", "utterance")
_CODES: dict[str, Code] = {code.value: code for code in (*Behaviour, *ClientTalk)}
_SPEAKERS = {
    "practitioner": Speaker.PRACTITIONER, "therapist": Speaker.PRACTITIONER, "client": Speaker.CLIENT,
}  # fmt: skip
_ANNOMI_TALK = {"change": ClientTalk.CT, "sustain": ClientTalk.ST, "neutral": ClientTalk.FN}

Key = tuple[str, str, str]


class EvaluationImpossible(EvokeError):
    code = "evaluation_impossible"


@dataclass(frozen=True)
class CodeScore:
    """`support` is how often gold has the code, `said` how often the coded file has it."""

    code: str
    precision: float
    recall: float
    f1: float
    support: int
    said: int


@dataclass(frozen=True)
class Agreement:
    """Over one set of codes. `macro_f1` is the plain mean over codes that either file has."""

    scores: tuple[CodeScore, ...]
    macro_f1: float
    kappa: float
    utterances: int


@dataclass(frozen=True)
class Evaluation:
    """Parts that gold says nothing about are None. `main` holds AnnoMI's four classes, `volley_micro_f1` compares the
    sets of codes that each of gold's volleys counts."""

    practitioner: Agreement | None
    client: Agreement | None
    question: Agreement | None
    main: Agreement | None
    volley_micro_f1: float | None

    def text(self) -> str:
        parts = (
            ("Practitioner", self.practitioner), ("Practitioner, AnnoMI's four classes", self.main),
            ("Client", self.client), ("Open and closed, where both say question", self.question),
        )  # fmt: skip
        lines: list[str] = []
        for name, agreement in parts:
            if agreement is None:
                continue
            lines += [
                f"{name} ({agreement.utterances} utterances)",
                "  code             precision  recall      F1  support",
            ]
            lines += [
                f"  {s.code:<16} {s.precision:>9.3f} {s.recall:>7.3f} {s.f1:>7.3f} {s.support:>8}"
                for s in agreement.scores
            ]
            lines += [f"  macro-F1 {agreement.macro_f1:.3f}, Cohen's kappa {agreement.kappa:.3f}", ""]
        if self.volley_micro_f1 is not None:
            lines.append(f"Codes of whole volleys: micro-F1 {self.volley_micro_f1:.3f}")
        return "\n".join(lines).rstrip()


def evaluate(coded: Path, gold: Path) -> Evaluation:
    """Compares two CSV files row by row, matched by transcript, turn and utterance.

    Gold has `speaker` and either `code` (and perhaps `subtype`) or AnnoMI's own columns. Raises EvaluationImpossible
    when columns lack, a row stands twice, a code is unknown, or the rows are not the same.
    """
    said, right = _rows(coded), _rows(gold)
    _same_keys(said, right, coded, gold)
    if all(not row.get("code") for row in said.values()):
        raise EvaluationImpossible(f"{coded.name} has no codes: it needs a column code.")
    answers = {key: _code(row["code"], coded) for key, row in said.items()}
    speakers = {key: _speaker(row, gold) for key, row in right.items()}
    truths = {key: _code(row["code"], gold) for key, row in right.items() if row.get("code")}
    mains = {
        key: MainBehaviour(value)
        for key, row in right.items()
        if (value := row.get("main_therapist_behaviour", "")) in set(MainBehaviour)
    }
    talk = {
        key: _ANNOMI_TALK[value]
        for key, row in right.items()
        if (value := row.get("client_talk_type", "")) in _ANNOMI_TALK and key not in truths
    }
    if not truths and not mains and not talk:
        raise EvaluationImpossible(f"{gold.name} has no codes: it needs a column code, or AnnoMI's own columns.")
    by_practitioner = {key: code for key, code in truths.items() if speakers[key] is Speaker.PRACTITIONER}
    by_client = talk | {key: code for key, code in truths.items() if speakers[key] is Speaker.CLIENT}
    return Evaluation(
        practitioner=_agreement(by_practitioner, answers, [code.value for code in Behaviour]),
        client=_agreement(by_client, answers, [code.value for code in ClientTalk]),
        question=_questions(said, right, answers, by_practitioner),
        main=_agreement(
            mains,
            {key: CLASS_OF[code] if isinstance(code, Behaviour) else code for key, code in answers.items()},
            [main.value for main in MainBehaviour],
        ),
        volley_micro_f1=_volleys(truths, answers, speakers, right) if by_practitioner else None,
    )


def agreement(truth: Sequence[str], answer: Sequence[str], codes: Sequence[str]) -> Agreement:
    """Precision, recall, F1 and kappa (Cohen 1960) of two equally long lists; a code in neither is left out."""
    both = Counter(t for t, a in zip(truth, answer, strict=True) if t == a)
    support, said = Counter(truth), Counter(answer)
    scores = tuple(
        CodeScore(
            code,
            both[code] / said[code] if said[code] else 0.0,
            both[code] / support[code] if support[code] else 0.0,
            2 * both[code] / (said[code] + support[code]),
            support[code],
            said[code],
        )
        for code in codes
        if support[code] or said[code]
    )
    count = len(truth)
    observed = both.total() / count
    by_chance = sum(support[code] * said[code] for code in support) / count**2
    kappa = 1.0 if by_chance == 1 else (observed - by_chance) / (1 - by_chance)
    return Agreement(scores, sum(s.f1 for s in scores) / len(scores), kappa, count)


def _agreement(
    truth: Mapping[Key, Code | MainBehaviour], answers: Mapping[Key, Code | MainBehaviour], codes: list[str]
) -> Agreement | None:
    if not truth:
        return None
    return agreement([truth[key].value for key in truth], [answers[key].value for key in truth], codes)


def _questions(
    said: Mapping[Key, dict[str, str]], right: Mapping[Key, dict[str, str]], answers: Mapping[Key, Code],
    by_practitioner: Mapping[Key, Code],
) -> Agreement | None:  # fmt: skip
    """Open or closed where both files say question and both say which."""
    kinds = {kind.value for kind in QuestionType}
    pairs = []
    for key, row in right.items():
        asked = by_practitioner.get(key) is Behaviour.Q or row.get("question_exists") == "True"
        truth = row.get("subtype") or row.get("question_subtype", "")
        answer = said[key].get("subtype", "")
        if asked and answers[key] is Behaviour.Q and truth in kinds and answer in kinds:
            pairs.append((truth, answer))
    if not pairs:
        return None
    return agreement([truth for truth, _ in pairs], [answer for _, answer in pairs], sorted(kinds))


def _volleys(
    truths: Mapping[Key, Code], answers: Mapping[Key, Code], speakers: Mapping[Key, Speaker],
    rows: Mapping[Key, dict[str, str]],
) -> float:  # fmt: skip
    """Volleys are drawn by gold for both, so that one wrong code does not shift all that follow."""
    conversations: dict[str, list[Key]] = defaultdict(list)
    for key in truths:
        conversations[key[0]].append(key)
    shared = told = held = 0
    for keys in conversations.values():
        gold = [_utterance(key, truths[key], speakers, rows) for key in keys]
        coded = [_utterance(key, answers[key], speakers, rows) for key in keys]
        places: dict[int, list[int]] = defaultdict(list)
        for place, index in enumerate(volley_indices(gold)):
            if index is not None:
                places[index].append(place)
        for index, inside in places.items():
            right = set(codes_of_volley(Volley(index, tuple(gold[place] for place in inside))))
            said = set(codes_of_volley(Volley(index, tuple(coded[place] for place in inside))))
            shared, told, held = shared + len(right & said), told + len(said), held + len(right)
    return 2 * shared / (told + held) if told + held else 1.0


def _utterance(
    key: Key, code: Code, speakers: Mapping[Key, Speaker], rows: Mapping[Key, dict[str, str]]
) -> CodedUtterance:
    """A client's code on a practitioner's utterance (the machine took one for the other) counts as none."""
    fits = isinstance(code, Behaviour) is (speakers[key] is Speaker.PRACTITIONER)
    return CodedUtterance(0, 0, speakers[key], rows[key].get("text", ""), code if fits else None)


def _rows(path: Path) -> dict[Key, dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in (*_KEY, "speaker") if name not in (reader.fieldnames or ())]
            if missing:
                raise EvaluationImpossible(
                    f"{path.name} lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}."
                )
            rows: dict[Key, dict[str, str]] = {}
            for row in reader:
                key = (row["transcript_id"], row["turn"], row["utterance"])
                if key in rows:
                    raise EvaluationImpossible(f"{path.name} has {_named(key)} twice.")
                rows[key] = row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise EvaluationImpossible(f"{path} cannot be read as a CSV file in UTF-8 ({error}).") from error
    if not rows:
        raise EvaluationImpossible(f"{path.name} has no rows.")
    return rows


def _same_keys(said: Mapping[Key, object], right: Mapping[Key, object], coded: Path, gold: Path) -> None:
    for these, name, those, other in ((right, gold.name, said, coded.name), (said, coded.name, right, gold.name)):
        alone = [key for key in these if key not in those]
        if alone:
            raise EvaluationImpossible(
                f"{len(alone)} of the {len(these)} rows in {name} are not in {other}, first "
                f"{_named(alone[0])}. Both files need the same transcripts, turns and utterances."
            )


def _named(key: Key) -> str:
    return f"transcript {key[0]} turn {key[1]} utterance {key[2]}"


def _code(value: str, path: Path) -> Code:
    try:
        return _CODES[value.strip()]
    except KeyError:
        raise EvaluationImpossible(f"{path.name} has the code “{value}”; known are {', '.join(_CODES)}.") from None


def _speaker(row: Mapping[str, str], path: Path) -> Speaker:
    try:
        return _SPEAKERS[row["speaker"].strip().lower()]
    except KeyError:
        raise EvaluationImpossible(
            f"{path.name} has the speaker “{row['speaker']}”; gold must say practitioner or client."
        ) from None
