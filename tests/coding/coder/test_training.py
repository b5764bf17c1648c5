"""Training on very little: what matters here is the way, not the figures."""

import csv
import json
import shutil
from pathlib import Path

import pytest

from coding.coder.dataset import CLASSES, TAUGHT_BY, dataset_of, folds_of
from coding.coder.features import FeatureOptions
from coding.coder.figures import Figure, at_least, for_information
from coding.coder.fit import VERSION, FitOptions
from coding.coder.held_out import HoldOut
from coding.coder.linear import LinearCoder
from coding.coder.model import LINEAR, HeadName, ModelUnreadable, load_model, save_model
from coding.coder.own_data import OWN_COLUMNS, read_own
from coding.coder.train import read_all, train, train_model
from coding.coder.training_data import (
    ANNOMI_COLUMNS,
    MainBehaviour,
    TrainingFileUnreadable,
    read_annomi,
    read_annomi_parts,
    read_pair,
)
from coding.context import Workshop
from coding.corpus.load import demo_conversations, load_corpus, load_corpus_rows
from coding.scheme.codes import Behaviour, ClientTalk, QuestionType
from models.settings import Settings
from tests.coding.coder.talk import VISIT, conversation
from web.cli import main

SMALL = FitOptions(features=FeatureOptions(phrases=300, letters=200, around=50, least=2), iterations=8, folds=2)


def annomi_row(transcript: str, place: int, text: str, **changes: str) -> dict[str, str]:
    row = dict.fromkeys(ANNOMI_COLUMNS, "n/a") | {
        "mi_quality": "high", "transcript_id": transcript, "video_url": f"https://www.youtube.com/watch?v=video{transcript:0>6}",
        "utterance_id": str(place), "interlocutor": "therapist", "utterance_text": text, "reflection_exists": "False",
        "question_exists": "False",
    }  # fmt: skip
    return row | changes


def client(transcript: str, place: int, text: str, talk: str = "neutral", **changes: str) -> dict[str, str]:
    return annomi_row(
        transcript, place, text, interlocutor="client", client_talk_type=talk, main_therapist_behaviour="n/a", **changes
    )


def asked(transcript: str, place: int, text: str, kind: str = "open", **changes: str) -> dict[str, str]:
    told = {"question_exists": "True", "question_subtype": kind, "main_therapist_behaviour": "question"}
    return annomi_row(transcript, place, text, **(told | changes))


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def annomi(tmp_path: Path) -> Path:
    rows = []
    for transcript in "1234":
        rows += [
            asked(transcript, 0, "How have you been with the drinking?"),
            client(transcript, 1, "I want to cut down.", "change"),
            asked(transcript, 2, "Did you have any on Sunday?", "closed"),
            client(transcript, 3, "I like a drink too much to stop.", "sustain"),
            annomi_row(
                transcript, 4, "You like a drink.", reflection_exists="True", reflection_subtype="simple",
                main_therapist_behaviour="reflection",
            ),
            annomi_row(transcript, 5, "Fourteen units is the limit.", main_therapist_behaviour="therapist_input"),
            annomi_row(transcript, 6, "Okay, thank you.", main_therapist_behaviour="other"),
        ]  # fmt: skip
    return write(tmp_path / "annomi.csv", rows)


def test_a_coder_trained_saved_and_loaded_answers_the_same(authored: Path, annomi: Path, tmp_path: Path) -> None:
    trained = LinearCoder(train_model(read_all(annomi, None, authored), SMALL))
    save_model(trained.model, tmp_path / "model")
    loaded = LinearCoder(load_model(tmp_path / "model"))
    assert loaded.code(conversation(*VISIT)) == trained.code(conversation(*VISIT))
    assert loaded.version == trained.version
    assert not list((tmp_path / "model").glob("*.pkl"))


def test_training_writes_a_coder_with_its_figures_and_what_it_was_trained_on(
    authored: Path, annomi: Path, tmp_path: Path
) -> None:
    figures = train(annomi=annomi, authored=authored, out=tmp_path / "model", report=True, options=SMALL)
    names = [figure.name for figure in figures]
    assert any("4-class" in name for name in names)
    assert any("11 codes" in name for name in names)
    assert all(0 <= figure.value <= 100 for figure in figures)
    about = load_model(tmp_path / "model").about
    assert set(about["trained_on"]) == {"annomi.csv", "utterances.csv"}
    assert all(len(digest) == 64 for digest in about["trained_on"].values())
    assert set(about["figures"]) == set(names)


def test_training_twice_gives_the_same_coder(authored: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        train(authored=authored, out=tmp_path / name / "ours", options=SMALL)
    assert (tmp_path / "one/ours/model.json").read_bytes() == (tmp_path / "two/ours/model.json").read_bytes()


def test_a_coder_of_ones_own_codes_files_under_its_own_name(
    authored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train(authored=authored, out=tmp_path / "ours", options=SMALL)
    talk = tmp_path / "talk.txt"
    talk.write_text("Worker: What would you like?\nParent: I want to stop.\n")
    assert main(["code", str(talk), "--coder", str(tmp_path / "ours")]) == 0
    assert json.loads(capsys.readouterr().out)["sessions"][0]["model_version"] == f"{VERSION} ours"
    assert main(["code", str(talk), "--coder", str(tmp_path / "none")]) == 2
    assert "cannot be loaded" in capsys.readouterr().err
    workshop = Workshop(Settings(_env_file=None, coder=str(tmp_path / "ours")), None, None)  # type: ignore[arg-type]
    assert workshop.coder.version == f"{VERSION} ours"


def test_a_spoilt_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnreadable, match="cannot be loaded"):
        load_model(tmp_path)
    shutil.copytree(LINEAR, tmp_path / "model")
    (tmp_path / "model/weights.npz").write_bytes(b"PK not a zip")
    with pytest.raises(ModelUnreadable):
        load_model(tmp_path / "model")


def test_the_linear_coder_says_what_it_was_trained_on_and_is_small() -> None:
    about = load_model().about
    assert {"annomi", "annomi_parts", "authored", "pair"} == set(about["conversations"])
    assert about["conversations"]["authored"] == len(load_corpus()) - len(demo_conversations())
    assert sum(file.stat().st_size for file in LINEAR.iterdir()) < 8_000_000


def test_the_demo_is_kept_out_of_training() -> None:
    kept_out = demo_conversations()
    assert len(kept_out) == 24
    assert kept_out <= {row[0] for row in load_corpus_rows()}
    assert kept_out.isdisjoint(read_all(None, None).transcript.tolist())


def test_annotators_are_outvoted_not_mixed(tmp_path: Path) -> None:
    rows = [asked("1", 0, "So how?", kind) for kind in ("closed", "open", "open")]
    rows += [client("1", 1, "Well.", talk) for talk in ("change", "neutral", "change")]
    (talk,) = read_annomi(write(tmp_path / "a.csv", rows))
    question, answer = talk.examples
    assert question.main is MainBehaviour.QUESTION
    assert question.subtype is QuestionType.OPEN
    assert set(question.allowed) == {Behaviour.Q, Behaviour.SEEK}
    assert answer.allowed == (ClientTalk.CT,)


def test_reflections_keep_their_depth(tmp_path: Path) -> None:
    row = annomi_row(
        "1", 0, "You feel torn.", reflection_exists="True", reflection_subtype="complex",
        main_therapist_behaviour="reflection",
    )  # fmt: skip
    (talk,) = read_annomi(write(tmp_path / "a.csv", [row]))
    assert talk.examples[0].allowed == (Behaviour.CR,)


@pytest.mark.parametrize(
    "second", ["https://www.youtube.com/watch?v=video000001&t=62s", "https://youtu.be/video000001?t=5"]
)
def test_parts_of_one_video_are_one_group(tmp_path: Path, second: str) -> None:
    rows = [asked("1", 0, "How?"), asked("2", 0, "How?", video_url=second), asked("3", 0, "How?")]
    groups = {talk.transcript_id: talk.group for talk in read_annomi(write(tmp_path / "a.csv", rows))}
    assert groups["annomi-1"] == groups["annomi-2"] != groups["annomi-3"]


def test_folds_split_no_group_and_test_all_but_pair(authored: Path, annomi: Path, tmp_path: Path) -> None:
    replies = {name: f"Reply {name}." for name in ("hq1", "hq2", "mq1", "lq1", "lq2", "lq3", "lq4", "lq5")}
    pair = write(tmp_path / "pair.csv", [{"prompt": "I smoke.", **replies}])
    data = read_all(annomi, pair, authored)
    fold = folds_of(data, count=2)
    assert set(fold[data.source == "pair"].tolist()) == {-1}
    assert (fold[data.source != "pair"] >= 0).all()
    for group in set(data.group.tolist()):
        assert len(set(fold[data.group == group].tolist())) == 1


OWN = [
    ("s1", 0, 0, "practitioner", "What would you like?", "Q", "open"),
    ("s1", 1, 0, "client", "I want to stop.", "CT", "desire"),
    ("s1", 2, 0, "practitioner", "Right.", "", ""),
    ("s2", 0, 0, "client", "It helps me sleep.", "ST", ""),
]


def own_file(path: Path, *rows: tuple[object, ...]) -> Path:
    columns = (*OWN_COLUMNS, "subtype")
    return write(path, [dict(zip(columns, map(str, row), strict=True)) for row in rows or OWN])


def test_own_sessions_teach_what_a_person_coded_and_are_dealt_out_whole(tmp_path: Path) -> None:
    data = dataset_of(read_own(own_file(tmp_path / "own.csv")))
    practitioner, client = data.truth(HeadName.PRACTITIONER), data.truth(HeadName.CLIENT)
    assert CLASSES[HeadName.PRACTITIONER][practitioner[0]] == "Q"
    assert (CLASSES[HeadName.CLIENT][client[1]], CLASSES[HeadName.CLIENT][client[3]]) == ("CT", "ST")
    assert practitioner[2] == -1, "an utterance without a code is context alone"
    assert CLASSES[HeadName.QUESTION][data.truth(HeadName.QUESTION)[0]] == "open"
    assert data.truth(HeadName.CLIENT_ANNOMI).max() == -1
    fold = folds_of(data, count=2)
    assert set(fold[:3]) == {0}
    assert fold[3] == 1


@pytest.mark.parametrize(
    "row",
    [
        ("s1", 0, 0, "practitioner", "Hello.", "CT", ""),
        ("s1", 0, 0, "neighbour", "Hello.", "", ""),
        ("s1", 0, 0, "practitioner", "Hello.", "Hm", ""),
        ("s1", 0, 0, "practitioner", "Hello.", "Q", "wide"),
    ],
)
def test_an_own_file_that_cannot_be_right_is_refused_with_its_row(tmp_path: Path, row: tuple[object, ...]) -> None:
    with pytest.raises(TrainingFileUnreadable, match=r"own\.csv, row 2"):
        read_own(own_file(tmp_path / "own.csv", row))


def test_what_evoke_code_wrote_can_be_learned_from(tmp_path: Path) -> None:
    talk = tmp_path / "visit.txt"
    talk.write_text("Sam: What would you like to be different?\nJo: I want to stop.\nSam: You want to stop.\n")
    assert main(["code", str(talk), "--format", "csv", "--out", str(tmp_path / "visit.csv")]) == 0
    [found] = read_own(tmp_path / "visit.csv")
    assert [example.utterance.speaker.value for example in found.examples] == ["practitioner", "client", "practitioner"]
    assert found.examples[0].allowed == (Behaviour.Q,)


def test_two_files_of_one_name_are_not_mixed(authored: Path, tmp_path: Path) -> None:
    paths = [tmp_path / folder / "own.csv" for folder in ("a", "b")]
    for path in paths:
        path.parent.mkdir()
        own_file(path)
    with pytest.raises(TrainingFileUnreadable, match="Another file"):
        read_all(None, None, authored, paths)


def test_own_sessions_are_trained_on_and_measured(authored: Path, tmp_path: Path) -> None:
    own = own_file(
        tmp_path / "own.csv",
        *((f"s{n}", turn, 0, *rest) for n in range(6) for turn, (_, _, _, *rest) in enumerate(OWN)),
    )
    hold_out = HoldOut(30)
    figures = train(authored=authored, own=[own], out=tmp_path / "model", report=True, options=SMALL, hold_out=hold_out)
    assert [f.name for f in figures if f.name.startswith("own sessions left out")]
    about = load_model(tmp_path / "model").about
    held = [f"s{n}" for n in range(6) if hold_out.holds(f"s{n}")]
    learned = [f"s{n}" for n in range(6) if f"s{n}" not in held]
    assert about["own_sessions"] == {
        "held_out_percent": 30, "held_out_seed": 0, "learned_from": learned, "held_out": held,
    }  # fmt: skip
    assert about["conversations"]["own"] == len(learned)
    assert "own.csv" in about["trained_on"]


def test_pair_teaches_reflections_only(tmp_path: Path) -> None:
    replies = {name: f"Reply {name}." for name in ("hq1", "hq2", "mq1", "lq1", "lq2", "lq3", "lq4")} | {"lq5": ""}
    data = dataset_of(read_pair(write(tmp_path / "pair.csv", [{"prompt": "I smoke.", **replies}])))
    codes = list(CLASSES[HeadName.PRACTITIONER])
    allowed = data.allowed(HeadName.PRACTITIONER)[data.practitioner]
    assert [codes[row.argmax()] for row in allowed[:3]] == ["CR", "CR", "SR"]
    assert not allowed[3:, [codes.index("SR"), codes.index("CR")]].any()
    assert len(allowed) == 7
    assert not data.allowed(HeadName.CLIENT).any()


def test_a_file_that_is_not_annomi_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingFileUnreadable, match="lacks the columns mi_quality"):
        read_annomi(write(tmp_path / "a.csv", [{"text": "hello"}]))
    with pytest.raises(TrainingFileUnreadable, match="cannot be read"):
        read_annomi(tmp_path / "none.csv")
    with pytest.raises(TrainingFileUnreadable, match="whole number"):
        read_annomi(write(tmp_path / "b.csv", [asked("1", 0, "How?", utterance_id="first")]))


def test_a_figure_is_one_line() -> None:
    assert at_least("client macro-F1", 0.5142, 0.51).line() == "client macro-F1: 0.5142 (>= 0.51) ok"
    assert at_least("role", 97.0, 98, "%").line() == "role: 97 % (>= 98) short"
    assert for_information("gap", 3.2, "%") == Figure("gap", 3.2, "%", "for information", True)


def test_parts_of_annomi_are_taken_only_from_the_text_that_was_coded(tmp_path: Path) -> None:
    rows = [
        asked("1", 0, "How are you? You look well."),
        client("1", 1, "I want to stop.", "change"),
        asked("1", 2, "Why?"),
    ]
    codes = tmp_path / "codes.csv"

    def part(utterance: str, length: str, start: str, code: str, subtype: str = "") -> dict[str, str]:
        return {
            "transcript_id": "1", "utterance_id": utterance, "length": length, "start": start, "code": code,
            "subtype": subtype,
        }  # fmt: skip

    write(
        codes,
        [
            part("0", "27", "0", "Q", "open"),
            part("0", "27", "13", "AF"),
            part("1", "15", "0", "CT", "desire"),
            part("2", "99", "0", "Q", "open"),
        ],
    )
    (talk,) = read_annomi_parts(write(tmp_path / "a.csv", rows), codes)
    told = [(e.utterance.turn, e.utterance.text, e.allowed) for e in talk.examples]
    assert told == [
        (0, "How are you?", (Behaviour.Q,)), (0, "You look well.", (Behaviour.AF,)),
        (1, "I want to stop.", (ClientTalk.CT,)), (2, "Why?", tuple(Behaviour)),
    ]  # fmt: skip
    assert read_annomi_parts(write(tmp_path / "b.csv", [asked("7", 0, "How?")]), codes) == []


def test_a_head_learns_from_its_own_convention(annomi: Path, authored: Path) -> None:
    data = read_all(annomi, None, authored)
    for head, sources in TAUGHT_BY.items():
        taught = set(data.source[data.allowed(head).any(axis=1)].tolist())
        assert taught <= {source.value for source in sources}
    assert set(data.source[data.allowed(HeadName.CLIENT_ANNOMI).any(axis=1)].tolist()) == {"annomi", "authored"}
