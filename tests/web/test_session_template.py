"""A session's pages with the data that they are given: under way, coded, doubtful and almost empty."""

from dataclasses import replace

import pytest

from coding.scheme.codes import Behaviour
from coding.scheme.glossary import CODES
from coding.scheme.summary import GlobalRating, ScoreName
from tests.web.drawn import page
from tests.web.view_samples import score, session_view, suggestion
from web.render import shown_share


@pytest.mark.parametrize("stage", ["queued", "transcribing", "coding"])
@pytest.mark.parametrize("recording", [True, False])
def test_a_session_under_way(stage: str, recording: bool) -> None:
    view = session_view(0, stage=stage, progress=30, has_recording=recording, coded_by="", scores=(), counts=())
    html = page("session_progress.html", session=view)
    assert 'http-equiv="refresh"' in html
    assert html.count('data-state="now"') == 1


def test_a_session_that_stopped() -> None:
    view = session_view(0, stage="stopped", problem="There is no sound in it.", problem_code="no_sound")
    html = page("session_progress.html", session=view)
    assert "There is no sound in it." in html
    assert f'action="/sessions/{view.id}/retry"' in html
    assert 'http-equiv="refresh"' not in html


def test_a_coded_session() -> None:
    html = page("session.html", session=session_view())
    assert "&lt;every&gt;" in html
    for said in ("first draft by a machine", "Nothing counts until a coach has read it",
                 "likely 0.8\u00a0:\u00a01 to 2.1\u00a0:\u00a01",
                 "What the machine cannot judge", "83 % sure", "codes.csv", "/api/v1/sessions/"):  # fmt: skip
        assert said in html
    assert html.count("data-line ") + html.count("data-line>") == 16
    assert html.count("data-unsure>") == session_view().unsure_count
    assert f"Show only unsure lines ({session_view().unsure_count})" in html
    assert "The coach’s rating, from 1 to 5, is the rating" in html
    assert "not heard tone" in html
    one = session_view().turns[2].utterances[0]
    others = ", ".join(f"{CODES[Behaviour(code)].name} ({shown_share(share)})" for code, share in one.others)
    assert len(one.others) == 2
    assert f"It could also be: {others}." in html
    for range_shown in ("2 to 3", "3 to 4", "3 to 5"):
        assert f">{range_shown}<" in html
    assert html.count("No suggestion") == 1
    assert html.count(">fair</text>") == html.count(">good</text>") == 2  # the drawn lines say what they are


def test_doubtful_words_are_told_on_their_lines_beside_the_scores_and_as_a_share() -> None:
    view = session_view(doubtful_share=0.12, doubtful_count=1)
    turn = view.turns[0]
    line = replace(turn.utterances[0], doubts=("hard to make out", "perhaps nobody spoke"))
    view = replace(view, turns=(replace(turn, utterances=(line, *turn.utterances[1:])), *view.turns[1:]))

    html = page("session.html", session=view)

    assert f"the machine doubts {shown_share(0.12)} of the speech. 1 line is marked" in html
    assert f"These figures rest partly on doubtful words ({shown_share(0.12)} of the speech)." in html
    assert html.count('class="evoke-doubt"') == 2
    assert ">hard to make out</span>" in html
    assert f"{shown_share(0.001)} of the speech. 2 lines are" in page(
        "session.html", session=session_view(doubtful_share=0.001, doubtful_count=2)
    )


def test_clear_speech_is_said_to_be_clear_and_a_transcript_has_no_such_line() -> None:
    clear = page("session.html", session=session_view(doubtful_share=0.0))
    assert "found nothing doubtful" in clear
    assert "rest partly on doubtful words" not in clear
    assert "How well it was heard" not in page("session.html", session=session_view())


def test_two_speakers_are_swapped_with_one_button_and_of_three_one_is_chosen() -> None:
    two = page("session.html", session=session_view())
    assert '<input type="hidden" name="label" value="Speaker 2">' in two
    assert "Swap them" in two

    three = page("session.html", session=session_view(speaker_labels=("Speaker 1", "Speaker 2", "Speaker 3")))
    assert "Swap them" not in three
    assert 'href="#who">Not right?' in three
    assert "Swap them" not in page("session.html", session=session_view(practitioner_confidence=None))


def test_every_counted_line_can_be_reached() -> None:
    html = page("session.html", session=session_view())
    for count in session_view().counts:
        if count.utterance_ids:
            assert f'data-count="{" ".join(map(str, count.utterance_ids))}"' in html
            assert f'href="#u{count.utterance_ids[0]}"' in html


def test_a_session_with_almost_nothing() -> None:
    bare = session_view(
        1, team="", change_goal="", notes=(), extras=(), practitioner_confidence=None, speaker_labels=("Worker",),
        practitioner_labels=("Worker",), scores=(score(ScoreName.PERCENT_COMPLEX, None),),
    )  # fmt: skip
    html = page("session.html", session=bare)
    assert "Not enough to score" in html
    assert "None given" in html
    assert "Who is the practitioner?" not in html
    assert "data-only-unsure" not in html  # nothing is unsure
    assert page("session.html", session=session_view(0, scores=(), counts=(), extras=(), turns=()))


def test_suggestions_that_are_all_missing_say_why_once_and_those_that_never_were_say_nothing() -> None:
    short = tuple(suggestion(rating, None, None, "Too short to say.") for rating in GlobalRating)
    html = page("session.html", session=session_view(globals=short))
    assert html.count("Too short to say.") == 1
    assert "suggests none here" in html
    assert 'id="globals"' not in page("session.html", session=session_view(globals=()))


def test_a_long_session_stays_one_page_of_modest_size() -> None:
    html = page("session.html", session=session_view(300))
    assert html.count('id="u') == 300 + html.count('id="use-keys"')
    assert len(html) < 1_000_000


def test_a_line_names_three_likely_codes_besides_its_own() -> None:
    line = session_view().turns[0].utterances[0]
    shares = (("AF", 0.3), ("Q", 0.25), ("SR", 0.2), ("CR", 0.15), ("NC", 0.1))
    assert [code for code, _ in replace(line, code="Q", probabilities=shares).others] == ["AF", "SR", "CR"]
    assert [code for code, _ in replace(line, code="NC", probabilities=shares).others] == ["AF", "Q", "SR"]
    rare = (("Q", 0.9), ("SR", 0.06), ("CR", 0.04))
    assert [code for code, _ in replace(line, code="Q", probabilities=rare).others] == ["SR"]
