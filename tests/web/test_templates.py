"""Templates with the data their pages give them: full, empty and wrong. Those of a session are apart."""

from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import UndefinedError

from coding.details import SPEAKERS, SessionDetailsWrong, read_details
from coding.ledger_form import LEDGER_FIELDS
from coding.scheme.codes import Behaviour, ClientTalk
from coding.scheme.glossary import CODES, EXPERT_OPINION, GLOBALS, HUMAN_AGREEMENT, SCORES, thresholds_shown
from coding.scheme.summary import ScoreName
from models.permissions import Actor
from models.practice import SessionKind
from tests.web.drawn import ADA, NONCE, SIGNED_IN, Somebody, page
from tests.web.view_samples import SESSION_ID, row, score
from training.people_lists import Headcount
from training.session_lists import SessionList
from training.session_view import TeamFigures
from web.gauge import WIDTH, gauge
from web.render import codes_and_shares, render, shown_seconds, shown_share


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
        assert "Gone <away>" not in page(
            "error.html", person, title="Page not found", message="Gone <away>", again=False
        )


def test_a_template_that_is_not_given_what_it_needs_fails() -> None:
    with pytest.raises(UndefinedError):
        render("error.html", nonce=NONCE, person=None, title="No message")


def test_values_for_people() -> None:
    assert [shown_seconds(s) for s in (0, 187.9, 3729)] == ["0:00", "3:07", "1:02:09"]
    assert [shown_share(s) for s in (0, 0.002, 0.874, 0.998, 1)] == ["0 %", "under 1 %", "87 %", "over 99 %", "100 %"]
    shares = [("CT", 0.21), ("AF", 0.084)]
    assert codes_and_shares(shares, {"CT": "Change talk"}) == "Change talk (21 %), AF (8 %)"


def test_a_gauge_keeps_everything_on_its_scale() -> None:
    drawn = gauge(score(ScoreName.REFLECTION_TO_QUESTION, 1.0, 0.5, 9.0))
    assert drawn is not None
    assert drawn.low is not None
    assert 0 <= drawn.low < drawn.value < (drawn.high or 0) <= WIDTH
    assert drawn.lines[0] == drawn.value  # exactly fair
    assert gauge(score(ScoreName.PERCENT_COMPLEX, None)) is None
    assert gauge(score(ScoreName.MI_ADHERENT, 3, 2, 5)) is None
