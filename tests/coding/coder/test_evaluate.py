import argparse
import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coding.coder.commands import add_commands
from coding.coder.evaluate import Agreement, EvaluationImpossible, agreement, evaluate
from coding.coder.train import NothingToDo

COLUMNS = ["transcript_id", "turn", "utterance", "speaker", "text", "code", "subtype"]
GOLD = [
    ["t", "1", "1", "practitioner", "How was it?", "Q", "open"],
    ["t", "1", "2", "practitioner", "And was he there?", "Q", "closed"],
    ["t", "2", "1", "client", "I want him gone.", "CT", "desire"],
    ["t", "3", "1", "practitioner", "You're worn out by it.", "CR", ""],
    ["t", "3", "2", "practitioner", "It's your choice.", "Emphasize", ""],
    ["t", "4", "1", "client", "He was there on Sunday.", "FN", ""],
]
CODED_CODES = [("Q", "open"), ("Q", "open"), ("CT", "need"), ("SR", ""), ("Emphasize", ""), ("CT", "reason")]


def write(path: Path, rows: list[list[str]], columns: list[str] = COLUMNS) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
    return path


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    return write(tmp_path / "gold.csv", GOLD)


@pytest.fixture
def coded(tmp_path: Path) -> Path:
    rows = [[*row[:5], *codes] for row, codes in zip(GOLD, CODED_CODES, strict=True)]
    return write(tmp_path / "coded.csv", rows)


def test_by_hand(coded: Path, gold: Path) -> None:
    found = evaluate(coded, gold)
    assert found.practitioner is not None
    # Q and Emphasize are all right, CR is missed and SR said for it: the mean of 1, 1, 0 and 0.
    assert {s.code: s.f1 for s in found.practitioner.scores} == {"Q": 1, "SR": 0, "CR": 0, "Emphasize": 1}
    assert found.practitioner.macro_f1 == 0.5
    # 3 of 4 agree; by chance (2·2 + 1·1) / 16; kappa (12 - 5) / (16 - 5).
    assert found.practitioner.kappa == pytest.approx(7 / 11)
    assert found.client is not None
    # CT: said twice, right once, there once: 2/3; FN missed: 0.
    assert found.client.macro_f1 == pytest.approx(1 / 3)
    assert found.client.kappa == 0
    # Open: said twice, right once; closed missed.
    assert found.question is not None
    assert found.question.macro_f1 == pytest.approx(1 / 3)
    # Volleys: {Q} and {CR, Emphasize} against {Q} and {SR, Emphasize}: two shared of three and three.
    assert found.volley_micro_f1 == pytest.approx(4 / 6)
    assert found.main is None


def test_the_text_names_each_code_and_each_mean(coded: Path, gold: Path) -> None:
    text = evaluate(coded, gold).text()
    assert "Emphasize            1.000   1.000   1.000        1" in text
    assert "macro-F1 0.500, Cohen's kappa 0.636" in text
    assert "Codes of whole volleys: micro-F1 0.667" in text


def test_a_file_against_itself_is_perfect(gold: Path) -> None:
    found = evaluate(gold, gold)
    for part in (found.practitioner, found.client, found.question):
        assert part is not None
        assert part.macro_f1 == part.kappa == 1
    assert found.volley_micro_f1 == 1


def test_annomi_columns_as_gold(coded: Path, tmp_path: Path) -> None:
    columns = [*COLUMNS[:5], "main_therapist_behaviour", "client_talk_type", "question_exists", "question_subtype"]
    rows = [
        [*GOLD[0][:5], "question", "n/a", "True", "open"],
        [*GOLD[1][:5], "other", "n/a", "False", "n/a"],
        [*GOLD[2][:5], "n/a", "change", "n/a", "n/a"],
        [*GOLD[3][:5], "reflection", "n/a", "False", "n/a"],
        [*GOLD[4][:5], "other", "n/a", "False", "n/a"],
        [*GOLD[5][:5], "n/a", "neutral", "n/a", "n/a"],
    ]
    rows[0][3] = "therapist"
    found = evaluate(coded, write(tmp_path / "annomi.csv", rows, columns))
    assert found.main is not None
    # question: said twice, right once: 2/3; reflection right: 1; other: right once of two: 2/3.
    assert found.main.macro_f1 == pytest.approx((2 / 3 + 1 + 2 / 3) / 3)
    assert found.client is not None
    assert found.client.macro_f1 == pytest.approx(1 / 3)
    assert found.practitioner is None
    assert found.volley_micro_f1 is None
    assert found.question is not None
    assert found.question.utterances == 1


def test_a_speaker_taken_for_the_other_counts_as_wrong(gold: Path, tmp_path: Path) -> None:
    rows = [list(row) for row in GOLD]
    rows[2][5] = "NC"
    found = evaluate(write(tmp_path / "coded.csv", rows), gold)
    assert found.client is not None
    assert {s.code: s.recall for s in found.client.scores} == {"CT": 0, "FN": 1}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows[:-1], r"1 of the 6 rows in gold.csv are not in coded.csv, first transcript t turn 4"),
        (lambda rows: [*rows, ["t", "9", "1", "client", "", "FN", ""]], "1 of the 7 rows in coded.csv are not in gold"),
        (lambda rows: [*rows, rows[0]], "has transcript t turn 1 utterance 1 twice"),
        (lambda rows: [[*row[:5], "Advise", ""] for row in rows], "has the code “Advise”"),
        (lambda rows: [[*row[:5], "", ""] for row in rows], "has no codes"),
        (lambda rows: [], "has no rows"),
    ],
)
def test_what_does_not_match_is_said(gold: Path, tmp_path: Path, change: object, message: str) -> None:
    assert callable(change)
    coded = write(tmp_path / "coded.csv", change([list(row) for row in GOLD]))
    with pytest.raises(EvaluationImpossible, match=message):
        evaluate(coded, gold)


def test_columns_files_and_speakers_that_do_not_fit_are_named(gold: Path, tmp_path: Path) -> None:
    with pytest.raises(EvaluationImpossible, match="lacks the columns turn, utterance, speaker"):
        evaluate(write(tmp_path / "coded.csv", [["t"]], ["transcript_id"]), gold)
    with pytest.raises(EvaluationImpossible, match="cannot be read"):
        evaluate(tmp_path / "none.csv", gold)
    nameless = write(tmp_path / "mum.csv", [[*row[:3], "Mum", *row[4:]] for row in GOLD])
    with pytest.raises(EvaluationImpossible, match="must say practitioner or client"):
        evaluate(gold, nameless)


labels = st.sampled_from(["CT", "ST", "FN"])


@settings(deadline=None)  # the first call imports scikit-learn
@given(st.lists(st.tuples(labels, labels), min_size=1, max_size=40))
def test_agreement_is_scikit_learns(pairs: list[tuple[str, str]]) -> None:
    from sklearn.metrics import cohen_kappa_score, f1_score

    truth, answer = [a for a, _ in pairs], [b for _, b in pairs]
    found: Agreement = agreement(truth, answer, ["CT", "ST", "FN"])
    assert found.macro_f1 == pytest.approx(f1_score(truth, answer, average="macro", zero_division=0))
    if len({*truth, *answer}) > 1:
        assert found.kappa == pytest.approx(cohen_kappa_score(truth, answer))


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    arguments = parser.parse_args(words)
    return int(arguments.run(arguments))


def test_the_commands(coded: Path, gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("evaluate", str(coded), str(gold)) == 0
    assert "Practitioner (4 utterances)" in capsys.readouterr().out
    with pytest.raises(NothingToDo, match="--out"):
        run("train")
