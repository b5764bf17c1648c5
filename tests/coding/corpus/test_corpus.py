"""The corpora hold together: codes are the scheme's, second coders coded what is there, no text of AnnoMI's is kept."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from coding.corpus.annomi import ANNOMI_CODES, load_annomi_codes
from coding.corpus.load import AUTHORED, CorpusUnreadable, load_corpus, load_corpus_rows
from coding.scheme.codes import Behaviour, ClientTalk, QuestionType, Speaker, TalkKind


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_codes_fit_their_speaker_and_subtypes_their_code() -> None:
    corpus = load_corpus()
    assert len(corpus) == 410
    assert sum(len(talk.utterances) for talk in corpus) == len(load_corpus_rows()) == 29_630
    assert {talk.author for talk in corpus} == set("abcdefghijklmn")
    for talk in corpus:
        assert talk.goal
        for said in talk.utterances:
            assert isinstance(said.code, Behaviour) is (said.speaker is Speaker.PRACTITIONER)
            wanted = (
                QuestionType if said.code is Behaviour.Q
                else TalkKind if said.code in (ClientTalk.CT, ClientTalk.ST) else type(None)
            )  # fmt: skip
            assert isinstance(said.subtype, wanted)


def test_turns_and_utterances_are_numbered_without_gaps() -> None:
    for talk in load_corpus():
        turn, utterance, speaker = 0, 0, None
        for said in talk.utterances:
            if said.turn == turn:
                assert (said.utterance, said.speaker) == (utterance + 1, speaker)
            else:
                assert (said.turn, said.utterance) == (turn + 1, 1)
                assert said.speaker is not speaker
            turn, utterance, speaker = said.turn, said.utterance, said.speaker


def test_the_second_coding_is_of_whole_conversations_of_every_author_then() -> None:
    second = table(AUTHORED / "second_coding.csv")
    first = {tuple(row[:3]): row for row in load_corpus_rows()}
    seen = Counter(row["transcript_id"] for row in second)
    assert {name[0] for name in seen} == set("abcdefghijkl")
    for name, times in seen.items():
        assert times == sum(key[0] == name for key in first)
    for row in second:
        assert first[row["transcript_id"], row["turn"], row["utterance"]][3] == row["speaker"]


def test_annomis_codes_name_places_and_hold_no_text() -> None:
    coded = load_annomi_codes()
    assert len({transcript for transcript, _ in coded}) == 106
    for parts in coded.values():
        starts = [part.start for part in parts]
        assert starts == sorted(set(starts))
        assert starts[0] == 0
        assert starts[-1] < max(1, parts[0].length)
        kinds = {type(part.code) for part in parts if part.code is not None}
        assert len(kinds) <= 1
    for name in ("codes.csv", "second_coding.csv"):
        rows = table(ANNOMI_CODES.with_name(name))
        assert set(rows[0]) == {"transcript_id", "utterance_id", "length", "part", "start", "code", "subtype"}
        assert all(len(cell) <= 12 for row in rows for cell in row.values())
    second = load_annomi_codes(ANNOMI_CODES.with_name("second_coding.csv"))
    assert set(second) <= set(coded)


def test_a_spoilt_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("transcript_id,utterance_id,length,part,start,code,subtype\n1,0,5,1,0,Gossip,\n")
    with pytest.raises(CorpusUnreadable, match=r"codes\.csv"):
        load_annomi_codes(path)
    with pytest.raises(CorpusUnreadable):
        load_annomi_codes(tmp_path / "none.csv")
