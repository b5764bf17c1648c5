import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from coding.coder import encoder_coder, roles
from coding.coder.dataset import CLASSES, Dataset, dataset_of
from coding.coder.encoder_coder import Blend, EncoderCoder, load_encoder_coder, save_encoder_model
from coding.coder.encoder_network import TrainingExtraMissing, base_model
from coding.coder.fit import nothing_answered
from coding.coder.fit_encoder import BothUnseen, fit_blend
from coding.coder.fit_examples import choose_examples
from coding.coder.heads import Floats
from coding.coder.linear import LinearCoder, load_linear
from coding.coder.load import load_coder, load_default_coder
from coding.coder.model import DEFAULT, ITS_LINEAR, LINEAR, HeadName, LinearModel, ModelUnreadable
from coding.coder.roles import who_is_practitioner
from coding.coder.surroundings import Surroundings
from coding.coder.training_data import Example, Source, TrainingConversation, UtteranceToCode
from coding.scheme.codes import Behaviour, ClientTalk, Speaker
from tests.coding.coder.talk import VISIT, C, P, conversation
from web.cli import main


def shipped() -> EncoderCoder:
    coder = load_default_coder()
    assert isinstance(coder, EncoderCoder)
    return coder


def copied(folder: Path) -> Path:
    return Path(shutil.copytree(DEFAULT, folder / "copy"))


def test_a_folder_says_which_kind_of_coder_it_holds(tmp_path: Path) -> None:
    assert load_coder(LINEAR).version == "linear-2"
    assert load_coder(DEFAULT).version == "encoder-2"
    with pytest.raises(ModelUnreadable, match="cannot be loaded"):
        load_coder(tmp_path)


def test_a_copy_codes_as_the_original(tmp_path: Path) -> None:
    again = load_coder(copied(tmp_path))
    assert again.code(conversation(*VISIT)) == shipped().code(conversation(*VISIT))


def test_the_linear_model_is_loaded_once_for_the_coder_and_for_who_is_the_practitioner(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[LinearModel] = []
    monkeypatch.setattr(roles, "practitioner_odds", lambda model, texts: asked.append(model) or np.zeros(len(texts)))
    who_is_practitioner([("A", "How are you?"), ("B", "Tired.")])
    who_is_practitioner([("A", "How are you?")])
    assert len(asked) == 3
    assert all(model is shipped().linear.model for model in asked)


def test_a_coder_is_loaded_once_by_whatever_path_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DEFAULT.parent)
    assert load_coder(Path(DEFAULT.name)) is load_coder(DEFAULT / "linear" / "..") is shipped()
    assert load_linear(Path(DEFAULT.name) / "linear") is load_linear(ITS_LINEAR) is load_coder(ITS_LINEAR)


@pytest.mark.parametrize("name", ["encoder.onnx", "tokenizer.json", "heads.npz", "model.json", "linear/weights.npz"])
def test_an_encoder_that_lacks_a_file_is_named(tmp_path: Path, name: str) -> None:
    folder = copied(tmp_path)
    (folder / name).unlink()
    with pytest.raises(ModelUnreadable, match="cannot be loaded"):
        load_coder(folder)


@pytest.mark.parametrize("content", ["", "[1]", "7", '{"format": 2}'])
def test_a_linear_coder_with_a_spoilt_text_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "model.json").write_text(content)
    with pytest.raises(ModelUnreadable, match="cannot be loaded"):
        load_coder(tmp_path)


def test_a_reason_is_the_same_whatever_order_the_heads_classes_stand_in() -> None:
    model, asked = shipped().model, conversation(*VISIT)
    whole = list(range(len(model.readout.intercepts)))
    at, order, heads, blends = 0, [], {}, {}
    for name, classes in model.heads.items():
        turned = range(len(classes))[::-1]
        order += [at + place for place in turned]
        at += len(classes)
        heads[name] = tuple(classes[place] for place in turned)
        blends[name] = replace(model.blends[name], usual=model.blends[name].usual[::-1])
    order += whole[at:]
    read = model.readout
    turned_model = replace(
        model, heads=heads, blends=blends,
        readout=replace(
            read, of_mean=read.of_mean[:, order], of_mark=read.of_mark[:, order], intercepts=read.intercepts[order]
        ),
    )  # fmt: skip
    linear = shipped().linear

    class Turned(LinearCoder):
        def logits(self, around: Sequence[Surroundings]) -> dict[HeadName, Floats]:
            return {
                name: logits[:, ::-1] if name in heads else logits for name, logits in super().logits(around).items()
            }

    turned_coder = EncoderCoder(turned_model, shipped().encoder, Turned(linear.model))
    for one, other in zip(turned_coder.code(asked), shipped().code(asked), strict=True):
        assert (one.code, one.reason) == (other.code, other.reason)


def test_how_many_are_weighed_at_a_time_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    talk = conversation(*VISIT, *VISIT[2:], (P, "Right."), *VISIT)
    at_once = shipped().code(talk)
    monkeypatch.setattr(encoder_coder, "_CHUNK", 5)
    for one, other in zip(shipped().code(talk), at_once, strict=True):
        assert (one.code, one.subtype, one.reason) == (other.code, other.subtype, other.reason)
        assert one.probabilities == pytest.approx(other.probabilities, abs=1e-6)


def test_what_is_saved_is_what_was_there(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    save_encoder_model(replace(shipped().model, version="ours"), folder)
    again = load_encoder_coder(folder)
    assert again.version == "ours"
    assert again.code(conversation(*VISIT)) == shipped().code(conversation(*VISIT))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("encoder.onnx", b"not a model"),
        ("tokenizer.json", b"{}"),
        ("heads.npz", b"PK not a zip"),
        ("model.json", b'{"kind": "encoder", "format": 99}'),
        ("model.json", b'{"kind": "encoder"}'),
        ("linear/model.json", b"{"),
    ],
)
def test_a_spoilt_coder_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    folder = copied(tmp_path)
    (folder / name).write_bytes(content)
    with pytest.raises(ModelUnreadable):
        load_coder(folder)


def test_what_was_said_far_away_is_not_read_and_only_speaks_for_how_often_a_code_comes() -> None:
    coder = shipped()
    filler = [(C, "And then we went to the shops and back again."), (P, "Right.")] * 40
    first = coder.code(conversation((P, "What would you like?"), (C, "I want to stop."), *filler))
    second = coder.code(
        conversation((P, "What would you like?"), (C, "I want to stop."), *filler, (C, "Goodbye then."))
    )
    assert first[1] == second[1]
    assert first[0].probabilities == pytest.approx(second[0].probabilities, abs=0.02)


def test_what_was_said_before_is_read() -> None:
    coder, told = shipped(), "Some people find it helps to put the phone in another room."
    asked = coder.code(conversation((P, "Could I share an idea with you?"), (C, "Go on then."), (P, told)))[-1]
    unasked = coder.code(conversation((P, "You had your phone out again."), (C, "So?"), (P, told)))[-1]
    assert asked.probabilities[Behaviour.PWP] > unasked.probabilities[Behaviour.PWP]


@pytest.mark.parametrize("text", ["", " ", "?", "🙂", "👩‍👧 è ﬁ ’", "word " * 3000, "\u0000\u200b"])
def test_odd_text_gets_a_code_and_a_reason(text: str) -> None:
    for speaker in (P, C):
        [estimate] = shipped().code(conversation((speaker, text)))
        assert estimate.reason.endswith(".")


def test_weights_go_to_what_is_right() -> None:
    data = talk_of(400)
    truth = data.truth(HeadName.CLIENT)
    told = np.eye(3, dtype=np.float32)[truth] * 4
    noise = np.random.default_rng(0).normal(size=told.shape).astype(np.float32)
    both = BothUnseen(
        {HeadName.CLIENT: noise}, {HeadName.CLIENT: told}, nothing_answered(data, np.zeros(400, np.int64))
    )
    blend = fit_blend(data, HeadName.CLIENT, both)
    assert blend.encoder > 0.5 > abs(blend.linear)
    answers = blend.logits(both.linear[HeadName.CLIENT], both.encoder[HeadName.CLIENT]).argmax(axis=1)
    assert (answers == truth).mean() > 0.99
    swapped = BothUnseen(both.encoder, both.linear, both.unseen)  # type: ignore[arg-type]
    assert fit_blend(data, HeadName.CLIENT, swapped).linear > 0.5


def test_nothing_measured_leaves_both_with_half_a_say() -> None:
    data = talk_of(6)
    nothing = np.full((6, 3), np.nan, np.float32)
    both = BothUnseen({HeadName.CLIENT: nothing}, {HeadName.CLIENT: nothing}, nothing_answered(data, np.full(6, -1)))
    assert fit_blend(data, HeadName.CLIENT, both) == Blend(0.5, 0.5)


def talk_of(count: int) -> Dataset:
    codes = tuple(ClientTalk)
    assert CLASSES[HeadName.CLIENT] == tuple(code.value for code in codes)
    examples = tuple(
        Example(UtteranceToCode(n, 0, Speaker.CLIENT, f"I could try that in {n // 2} days."), (codes[n % 3],))
        for n in range(count)
    )
    return dataset_of([TrainingConversation("t", Source.AUTHORED, "a", "good", examples)])


def test_examples_come_from_our_own_corpus_alone() -> None:
    mine = talk_of(9)
    own = dataset_of([replace(mine.talks[0], source=Source.OWN)])
    assert len(choose_examples(mine, 0)) == 5, "the same words are an example once"
    assert len(choose_examples(own, 0)) == 0


def test_without_the_training_extra_the_command_says_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coding.coder.encoder_network.find_spec", lambda _: None)
    with pytest.raises(TrainingExtraMissing):
        base_model()
    assert main(["train", "--encoder", "--out", str(tmp_path / "mine")]) == 2
    assert "requirements-train.txt" in capsys.readouterr().err
    assert main(["train", "--encoder", "--folds", "0,9", "--out", str(tmp_path / "mine")]) == 2
    assert "from 0 to 4" in capsys.readouterr().err
