"""Every template with the data its page gives it: full, empty and wrong. And the page checks themselves."""

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import UndefinedError

from coding.details import SPEAKERS, SessionDetailsWrong, read_details
from coding.ledger_form import LEDGER_FIELDS
from coding.scheme.codes import Behaviour, ClientTalk
from coding.scheme.glossary import CODES, EXPERT_OPINION, GLOBALS, HUMAN_AGREEMENT, SCORES, thresholds_shown
from coding.scheme.summary import GlobalRating, ScoreName
from models.permissions import Actor, Grant
from models.person import Role
from models.practice import SessionKind
from tests.page_checks import check_page
from tests.web.view_samples import SESSION_ID, ledger_view, row, score, session_view, suggestion
from training.people_lists import Headcount
from training.session_lists import SessionList
from training.session_view import TeamFigures
from web.gauge import WIDTH, gauge
from web.render import codes_and_shares, render, shown_seconds, shown_share

NONCE = "n0nce"


@dataclass(frozen=True)
class Somebody:
    name: str
    id: int = 1


ADA = Somebody("Ada Administrator")
SIGNED_IN = Actor(SESSION_ID, SESSION_ID, ADA.name, (Grant(Role.ADMINISTRATOR),))


def page(template: str, person: Actor | None = SIGNED_IN, **context: Any) -> str:
    context.setdefault("ledger", ledger_view())
    html = render(template, nonce=NONCE, person=person, **context)
    check_page(html, nonce=NONCE)
    return html


def add_page(**changes: Any) -> str:
    context = {
        "errors": {}, "values": {}, "people": [ADA], "today": "2026-11-24", "kinds": list(SessionKind),
        "speakers": SPEAKERS, "real_practice_on": True, "ledger_fields": LEDGER_FIELDS,
        "limit_mb": 2000, "limit_minutes": 120,
    } | changes  # fmt: skip
    return page("add_session.html", **context)


def test_signing_in() -> None:
    plain = page("sign_in.html", None, error="", email="", next="/")
    assert "There is a problem" in plain  # ready for scripts, hidden until then
    assert "data-error-summary hidden" in plain
    assert "/forgotten-password" in plain
    wrong = page("sign_in.html", None, error="That is not right.", email='a"b@example.org', next="/sessions/new")
    assert "data-error-summary hidden" not in wrong
    assert 'value="a&#34;b@example.org"' in wrong
    assert wrong.count("That is not right.") == 2  # in the summary and beside the field


def test_the_first_administrator() -> None:
    assert "others" not in page("first_administrator.html", None, errors={}, values={})  # nobody can be let in yet
    errors = dict.fromkeys(("authority", "name", "email", "password"), "Fill this in.")
    wrong = page("first_administrator.html", None, errors=errors, values={"name": "Ada"})
    assert wrong.count('href="#') == 1 + len(errors)  # the skip link, and one to each field
    assert 'value="Ada"' in wrong


def test_home_says_what_to_do_when_there_is_nothing() -> None:
    nothing = {"own": SessionList([]), "others": SessionList([]), "unsent": 0, "team_figures": []}
    nothing["open_people"] = None
    empty = page("home.html", **nothing, can_see_team=False)
    assert "You have no session yet" in empty
    assert 'href="/sessions/new"' in empty
    coach = page("home.html", **nothing, can_see_team=True)
    assert "Nobody in your teams has added a session yet" in coach
    assert "You have not added a session of your own" in coach


def test_home_with_sessions_of_every_stage() -> None:
    rows = [
        row(n + 1, stage=stage, progress=40) for n, stage in enumerate(["queued", "transcribing", "coding", "ready"])
    ]
    rows.append(row(8, stage="ready", reviewed=True))
    rows.append(row(9, stage="stopped", problem="The model cannot be had. Put it in place.", title=""))
    figures = [TeamFigures("North", 12, 11), TeamFigures("South", 0, 0), TeamFigures("Quay", None, None, 3)]
    context = {"can_see_team": True, "team_figures": figures, "unsent": 2, "open_people": Headcount(1, 2)}
    full = page("home.html", own=SessionList(rows), others=SessionList([row(10)], cut_at=200), **context)
    assert "2 recordings of yours are not sent yet" in full
    assert "are shown." not in full
    assert '<a class="govuk-link" href="/sessions">All sessions of the people you coach</a>' in full
    for words in (
        "Waiting its turn",
        "Writing it down, 40 %",
        "Coding, 40 %",
        "Ready to read",
        "Reviewed",
        "Needs a look",
    ):
        assert words in full
    assert "The model cannot be had" in full
    assert "Session of 9 November 2026" in full


def test_what_the_script_says_before_sending_is_what_the_server_would_say() -> None:
    actor = Actor(person_id=SESSION_ID, organisation_id=SESSION_ID, name="Ada")
    with pytest.raises(SessionDetailsWrong) as wrong:
        read_details({}, by=actor)
    assert f'data-needed="{wrong.value.fields["agreement_confirmed"]}"' in add_page()


def test_adding_a_session() -> None:
    alone = add_page()
    assert 'name="practitioner"' not in alone
    assert "2000 MB" in alone
    assert 'value="2026-11-24"' in alone
    team = add_page(people=[ADA, Somebody("Ben", 2)], values={"practitioner": "2", "kind": "simulated"})
    assert '<option value="2" selected>Ben' in team
    names = (
        "kind",
        "agreement_confirmed",
        "practitioner",
        "title",
        "held_on",
        "change_goal",
        "file",
        "transcript",
        "person-1-who",
        "person-2-supervision",
        "person-3-label",
        "agreed_on",
        "agreed_until",
        "lawful_basis",
    )
    wrong = add_page(people=[ADA, Somebody("Ben", 2)], errors={name: f"Mend {name}." for name in names})
    for name in names:
        assert wrong.count(f"Mend {name}.") == 2
        assert wrong.count(f'{name}-error"') == 2  # the sentence, and the field or group that it describes
    elsewhere = add_page(errors={"practitioner": "Choose yourself."})  # a field this page does not show
    assert "Choose yourself." in elsewhere


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


def test_about_the_scores() -> None:
    scores = [
        SimpleNamespace(
            title=SCORES[n].name, explanation=SCORES[n].one_line, thresholds_shown=thresholds_shown(n),
            human_agreement=HUMAN_AGREEMENT[n], outside_miti=n in ScoreName.outside_miti(),
        )
        for n in ScoreName
    ]  # fmt: skip
    html = page(
        "about_scores.html", codes=[(c.value, CODES[c].name, CODES[c].one_line) for c in Behaviour],
        client_codes=[(c.value, CODES[c].name, CODES[c].one_line) for c in ClientTalk], scores=scores,
        globals=list(GLOBALS.values()), expert_opinion=EXPERT_OPINION,
    )  # fmt: skip
    assert 'id="globals"' in html  # the session page links to it
    assert "until a coach has read it." in html  # signing is not built
    assert "good from 2\u00a0:\u00a01." in html
    for code in (*Behaviour, *ClientTalk):  # the session page links to these
        assert f'id="code-{code.value}"' in html


def test_an_error_with_and_without_a_person() -> None:
    for person in (SIGNED_IN, None):
        assert "Gone <away>" not in page("error.html", person, title="Page not found", message="Gone <away>")


def test_a_template_that_is_not_given_what_it_needs_fails() -> None:
    with pytest.raises(UndefinedError):
        render("error.html", nonce=NONCE, person=None, title="No message")


def test_values_for_people() -> None:
    assert [shown_seconds(s) for s in (0, 187.9, 3729)] == ["0:00", "3:07", "1:02:09"]
    assert [shown_share(s) for s in (0, 0.002, 0.874, 0.998, 1)] == ["0 %", "under 1 %", "87 %", "over 99 %", "100 %"]
    shares = [("CT", 0.21), ("AF", 0.084)]
    assert codes_and_shares(shares, {"CT": "Change talk"}) == "Change talk (21 %), AF (8 %)"


def test_a_line_names_three_likely_codes_besides_its_own() -> None:
    line = session_view().turns[0].utterances[0]
    shares = (("AF", 0.3), ("Q", 0.25), ("SR", 0.2), ("CR", 0.15), ("NC", 0.1))
    assert [code for code, _ in replace(line, code="Q", probabilities=shares).others] == ["AF", "SR", "CR"]
    assert [code for code, _ in replace(line, code="NC", probabilities=shares).others] == ["AF", "Q", "SR"]
    rare = (("Q", 0.9), ("SR", 0.06), ("CR", 0.04))
    assert [code for code, _ in replace(line, code="Q", probabilities=rare).others] == ["SR"]


def test_a_gauge_keeps_everything_on_its_scale() -> None:
    drawn = gauge(score(ScoreName.REFLECTION_TO_QUESTION, 1.0, 0.5, 9.0))
    assert drawn is not None
    assert drawn.low is not None
    assert 0 <= drawn.low < drawn.value < (drawn.high or 0) <= WIDTH
    assert drawn.lines[0] == drawn.value  # exactly fair
    assert gauge(score(ScoreName.PERCENT_COMPLEX, None)) is None
    assert gauge(score(ScoreName.MI_ADHERENT, 3, 2, 5)) is None


GOOD = (
    '<!DOCTYPE html><html lang="en"><head><title>T</title></head><body><h1>H</h1>'
    '<label for="a">A</label><input id="a"><a href="/">Home</a><script nonce="n0nce">1</script></body></html>'
)


def test_a_good_page_passes() -> None:
    check_page(GOOD, nonce=NONCE)


@pytest.mark.parametrize(
    ("was", "becomes", "reason"),
    [
        ("<!DOCTYPE html>", "", "not valid HTML5"),
        ("<h1>H</h1>", "<h1>H</h2>", "not valid HTML5"),
        (' lang="en"', "", "lang"),
        ("<title>T</title>", "<title> </title>", "no title"),
        ("<h1>H</h1>", "<h2>H</h2>", "h1"),
        ("<h1>H</h1>", "<h1>H</h1><h1>H</h1>", "h1"),
        ("<h1>H</h1>", "<h1>H</h1><h2></h2>", "empty h2"),
        ('for="a"', 'for="b"', "no label"),
        ("<h1>H</h1>", "<h1>H</h1><select name=s><option>1</option></select>", "no label for the field 's'"),
        ("<h1>H</h1>", '<h1 id="a">H</h1>', "id 'a'"),
        ('<a href="/">Home</a>', '<a href="/"></a>', "link without text"),
        ('<a href="/">Home</a>', '<a href="#gone">Home</a>', "'#gone'"),
        ('<a href="/">Home</a>', '<a href="javascript:x()">Home</a>', "javascript:"),
        ('<a href="/">Home</a>', "<button></button>", "button without text"),
        ('<a href="/">Home</a>', '<img src="/a.png">', "without alt"),
        (' nonce="n0nce"', "", "nonce"),
        (' nonce="n0nce"', ' nonce="other"', "nonce"),
        ("<h1>H</h1>", '<h1 onclick="x()">H</h1>', "inline handler"),
        ("<h1>H</h1>", '<h1 style="color: red">H</h1>', "style"),
        ("</head>", "<style>h1 {}</style></head>", "style"),
    ],
)
def test_a_bad_page_is_refused(was: str, becomes: str, reason: str) -> None:
    assert was in GOOD
    with pytest.raises(AssertionError, match=reason):
        check_page(GOOD.replace(was, becomes, 1), nonce=NONCE)
