"""How far the programme has come: files that are looked at first and can be taken back, and who sees what of them."""

import html
import re
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlmodel import col, select

from api.house import House
from models.adoption import AdoptionUpload, UploadKind, WorkbookMonth
from models.audit import AuditEvent
from models.columns import utc_now
from models.organisation import Organisation, Team
from models.permissions import Actor
from models.person import Discipline, Person, Role
from tests.conftest import People, add_person
from tests.web.adoption import make_authority, opt_in
from tests.web.conftest import Client
from training.adoption.current import posts_of, sources_of
from training.adoption.leg_rows import leg_rows
from training.adoption.team_leg import compositions
from training.adoption.uploads import keep_upload
from training.figures.snapshot import bodies, keep

TODAY = date(2026, 11, 26)
WORKBOOK = """team;month;families open;families with a workbook;workbooks updated
Family Safeguarding North;2026-01;40;10;5
Family Safeguarding North;Feb-26;42;21;12
family safeguarding  north;31/03/2026;50;40;30
"""
POSTS = """team,discipline,posts,from
Family Safeguarding North,children's social worker,6,2026-01-01
Family Safeguarding North,recovery worker,1,2026-01-01
Family Safeguarding North,probation officer,0.5,2026-01-01
"""
OUTCOMES = """month,outcome,count,out of
2026-01,Child Protection Plans,12,
2026-02,child protection plans,3,
2026-02,Re-referrals,40,200
"""


def upload(house: House, by: Actor, kind: UploadKind, text: str) -> UUID:
    with house.database.write() as session:
        row = keep_upload(session, kind=kind, data=text.encode(), today=TODAY, by=by)
        assert row is not None
        return row.id


def staff(house: House, people: People, *disciplines: Discipline) -> None:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        team = session.get_one(Team, people.team.id)
        for number, discipline in enumerate(disciplines):
            one = add_person(session, home, f"Staff {number}", team=team)
            session.get_one(Person, one.person_id).discipline = discipline


def workbook(house: House, people: People) -> dict[str, int]:
    with house.database.read() as session:
        home = people.lead.organisation_id
        return {f"{one.month:%Y-%m}": one.with_workbook for one in sources_of(session, [home])[home].workbook}


def test_a_file_is_shown_first_taken_in_when_confirmed_and_taken_back(
    house: House, client: Client, people: People
) -> None:
    lead = client(people.lead)
    first = {"file": ("extract.csv", ("\ufeff" + WORKBOOK).encode())}
    shown = lead.post("/adoption/data/workbook", files=first)
    assert shown.status_code == 200
    assert "3 are new" in shown.text
    assert "January to March 2026" in shown.text
    assert workbook(house, people) == {}, "a preview keeps nothing"
    kept = lead.post("/adoption/data/workbook/confirm", data={"text": WORKBOOK})
    assert "taken in" in kept.text
    assert workbook(house, people) == {"2026-01": 10, "2026-02": 21, "2026-03": 40}
    again = lead.post("/adoption/data/workbook", data={"text": WORKBOOK})
    assert "There is nothing to do" in again.text
    corrected = WORKBOOK.replace("40;10;5", "40;12;5")
    shown = lead.post("/adoption/data/workbook", data={"text": corrected})
    assert "10 of 40 families before, now 12 of 40" in shown.text
    lead.post("/adoption/data/workbook/confirm", data={"text": corrected})
    assert workbook(house, people)["2026-01"] == 12
    with house.database.read() as session:
        newest = session.exec(select(AdoptionUpload).order_by(col(AdoptionUpload.at).desc())).first()
    assert newest is not None
    page = lead.post(f"/adoption/data/uploads/{newest.id}", data={"choice": "back"})
    assert "What was there before counts again" in page.text
    assert workbook(house, people)["2026-01"] == 10
    lead.post(f"/adoption/data/uploads/{newest.id}", data={"choice": "again"})
    assert workbook(house, people)["2026-01"] == 12
    with house.database.read() as session:
        noted = session.exec(select(AuditEvent.action).where(col(AuditEvent.actor_id) == people.lead.person_id)).all()
    assert [one for one in noted if one.startswith("adoption")] == [
        "adoption_uploaded", "adoption_uploaded", "adoption_upload_taken_back", "adoption_upload_counts_again",
    ]  # fmt: skip


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    ("what", "line", "words"),
    [
        ("workbook", "Nowhere,2026-01,4,2,1", "There is no team “Nowhere”"),
        ("workbook", "Total,2026-01,4,2,1", "This is a line of totals"),
        ("workbook", "Family Safeguarding North,2026-13,4,2,1", "is no month"),
        ("workbook", "Family Safeguarding North,2094-01,4,2,1", "is still to come"),
        ("workbook", "Family Safeguarding North,03/15/2026,4,2,1", "is no month"),
        ("workbook", "Family Safeguarding North,2026-01,-4,2,1", "less than nothing"),
        ("workbook", "Family Safeguarding North,2026-01,=SUM(A1),2,1", "formula"),
        ("workbook", "Family Safeguarding North,2026-01,#REF!,2,1", "an error of the spreadsheet"),
        ("workbook", "Family Safeguarding North,2026-01,4,5,1", "more than the 4 open families"),
        ("workbook", "Family Safeguarding North,2026-01,4,2,3", "more than the 2 families with a workbook"),
        ("workbook", "Family Safeguarding North,2026-01,4.5,2,1", "no whole number"),
        ("workbook", "Family Safeguarding North,2026-01,,2,1", "is missing"),
        ("workbook", "Family Safeguarding North,2026-01,four,2,1", "Write digits alone"),
        ("workbook", "Family Safeguarding North,2026-01", "is missing"),
        ("posts", "Family Safeguarding North,wizard,2,2026-01-01", "no discipline “wizard”"),
        ("posts", "Family Safeguarding North,manager,2000,2026-01-01", "cannot be right"),
        ("posts", "Family Safeguarding North,manager,2,soon", "is no day"),
        ("outcomes", "2026-01,=HYPERLINK(1),3,", "begins like a formula"),
        ("outcomes", "2026-01,entries to care,3,0", "Nothing is a share of 0"),
        ("outcomes", f"2026-01,{'x' * 90},3,", "Shorten the name"),
    ],
)
def test_every_mistake_is_named_by_its_line(
    house: House, client: Client, people: People, what: str, line: str, words: str
) -> None:
    header = {"workbook": WORKBOOK.splitlines()[0].replace(";", ","), "posts": POSTS.splitlines()[0],
              "outcomes": OUTCOMES.splitlines()[0]}[what]  # fmt: skip
    answer = client(people.lead).post(f"/adoption/data/{what}", data={"text": f"{header}\n{line}\n"})
    assert answer.status_code == 422
    assert words in answer.text.replace("&#39;", "'")
    assert '<th scope="row" class="govuk-table__header evoke-plain">2</th>' in answer.text
    confirmed = client(people.lead).post(f"/adoption/data/{what}/confirm", data={"text": f"{header}\n{line}\n"})
    assert confirmed.status_code == 422
    with house.database.read() as session:
        assert session.exec(select(AdoptionUpload)).all() == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Choose a file, or paste the list"),
        (b"PK\x03\x04 and so on", "This is a workbook"),
        (b"\x00\x01\x02\x03" * 99, "This is not text"),
        (b"team,month\nNorth,2026-01\n", "The first line has to name the columns"),
        (WORKBOOK.splitlines()[0].encode(), "There is nothing in it"),
        (b"x" * 60_000, "more than 50 kB"),
        (b",,,\r\n ,\r\n", "There is nothing in it"),
        (b'""', "There is nothing in it"),
    ],
)
def test_what_is_no_such_table_is_said(client: Client, people: People, data: bytes, words: str) -> None:
    answer = client(people.lead).post("/adoption/data/workbook", files={"file": ("extract.csv", data)})
    assert answer.status_code == 422
    assert words in answer.text


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_huge_file_is_refused_with_a_page(client: Client, people: People) -> None:
    answer = client(people.lead).post("/adoption/data/workbook", files={"file": ("extract.csv", b"x" * 300_000)})
    assert answer.status_code == 413
    assert "more than can be taken here" in answer.text


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_odd_files_are_read(house: House, client: Client, people: People) -> None:
    with house.database.write() as session:
        session.add(Team(organisation_id=people.lead.organisation_id, name="Café Street"))
    lead = client(people.lead)
    text = "sep=;\r\nTeam;Month;Open_families;with workbook;Updated;Comment\r\nCafé Street;March 2026;1,200; 1 100 ;0;x"
    answer = lead.post("/adoption/data/workbook", files={"file": ("e.csv", text.encode("cp1252"))})
    assert "1 is new" in answer.text
    assert "Columns that were left alone: comment" in answer.text
    assert "not UTF-8" in answer.text
    twice = WORKBOOK + "Family Safeguarding North;2026-01;1;1;1\n"
    assert "The same is in line 2 already" in lead.post("/adoption/data/workbook", data={"text": twice}).text


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("kind", list(UploadKind))
def test_a_template_is_read_again(house: House, client: Client, people: People, kind: UploadKind) -> None:
    staff(house, people, Discipline.RECOVERY_WORKER, Discipline.RECOVERY_WORKER)
    lead = client(people.lead)
    template = lead.get(f"/adoption/data/{kind.value}/template.csv")
    assert template.headers["content-type"].startswith("text/csv")
    filled = template.text.replace(",,", ",4,2").replace(",4,2,", ",4,2,1") if kind is UploadKind.WORKBOOK else (
        template.text.replace(",,", ",7,"))  # fmt: skip
    answer = lead.post(f"/adoption/data/{kind.value}", files={"file": ("t.csv", filled.encode())})
    assert "new" in answer.text, answer.text
    assert answer.status_code == 200
    if kind is UploadKind.POSTS:
        assert "Family Safeguarding North,recovery worker,2," in template.text


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_file_as_large_as_may_be_can_be_confirmed(house: House, client: Client, people: People) -> None:
    lines = "".join(f"2026-01;outcome {number:04} of ours;12\n" for number in range(1550))
    text = f"month;outcome;count\n{lines}"
    lead = client(people.lead)
    page = lead.post("/adoption/data/outcomes", files={"file": ("o.csv", text.encode())}).text
    assert "1550 are new" in page
    hidden = re.search(r'<textarea[^>]*name="text"[^>]*>(.*?)</textarea>|name="text" value="([^"]*)"', page, re.S)
    assert hidden is not None
    again = html.unescape(hidden[1] or hidden[2])
    assert len(again.encode()) > 50_000 > len(text.encode()), "it is written longer than it came"
    done = lead.post("/adoption/data/outcomes/confirm", files={"text": (None, again)})
    assert "The file is taken in" in done.text


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_closed_team_has_no_posts_from_that_day_on(house: House, people: People) -> None:
    home = people.lead.organisation_id
    upload(house, people.lead, UploadKind.POSTS, POSTS)
    with house.database.write() as session:
        session.get_one(Team, people.team.id).closed_at = datetime(2026, 3, 10, 12, tzinfo=UTC)
    with house.database.read() as session:
        found = compositions(posts_of(session, home), [], today=TODAY)
        assert [f"{one.month:%Y-%m}" for one in found] == ["2026-01", "2026-02"]
        assert found[-1].posts == 7.5
    with house.database.write() as session:
        session.get_one(Team, people.team.id).closed_at = None
    with house.database.read() as session:
        assert len(compositions(posts_of(session, home), [], today=TODAY)) == 10, "it is open again"


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_handful_of_people_in_posts_are_not_counted_for_evaluators(
    house: House, client: Client, people: People, evaluator: Actor
) -> None:
    home = people.lead.organisation_id
    staff(house, people, Discipline.CHILDRENS_SOCIAL_WORKER, Discipline.RECOVERY_WORKER)
    upload(house, people.lead, UploadKind.POSTS, POSTS)
    opt_in(house, home)
    assert "27\u00a0% of 7.5 posts filled" in client(people.lead).get("/adoption").text
    seen = client(evaluator).get(f"/adoption/authorities/{home}").text
    assert "posts filled at the end" not in seen
    assert "27\u00a0%" not in seen
    assert "too few people to show" in seen
    assert "Too few people to show." in client(evaluator).get("/adoption").text
    with house.database.read() as session:
        told = [row for row in leg_rows(session, home, name="a", today=TODAY) if row.measure == "posts_filled"]
    assert told
    assert not any(row.value or row.numerator for row in told)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_wave_is_said_and_wrong_days_are_told(client: Client, people: People) -> None:
    lead = client(people.lead)
    wrong = lead.post("/adoption/data/wave", data={"wave": "Wave 2", "live_on": "next week"})
    assert wrong.status_code == 422
    assert "is no day" in wrong.text
    assert "The wave is saved" in lead.post("/adoption/data/wave", data={"wave": "Wave 2", "live_on": "1/2/2026"}).text
    page = lead.get("/adoption").text
    assert "Wave 2" in page
    assert "Live since 1 February 2026" in page


def test_evaluators_see_who_takes_part_leads_their_own_and_strangers_nothing(
    house: House, client: Client, people: People, evaluator: Actor
) -> None:
    home = people.lead.organisation_id
    staff(house, people, *[Discipline.CHILDRENS_SOCIAL_WORKER] * 5, Discipline.RECOVERY_WORKER)
    upload(house, people.lead, UploadKind.WORKBOOK, WORKBOOK)
    upload(house, people.lead, UploadKind.POSTS, POSTS)
    upload(house, people.lead, UploadKind.OUTCOMES, OUTCOMES)
    with house.database.write() as session:
        made = make_authority(session, session.get_one(Organisation, home), people=12, months=[date(2026, 3, 1)])
        keep(session, home, bodies(session, home, now=utc_now()))
    own = client(people.lead).get("/adoption").text
    assert re.search(r"\d\.\d \(\d\.\d to \d\.\d\) reflections to each question", own)
    assert "12 sessions" in own
    assert "Role play, chosen by practitioners, coded by machine" in own
    assert "coded by a coach" in own, "six sessions of six people are enough for a lead"
    assert len(made.sessions) == 12
    assert "80\u00a0% of open families have a workbook, March 2026" in own
    assert "Baseline: 25\u00a0%, January 2026" in own
    assert "80\u00a0% of 7.5 posts filled" in own, "five of six, one of one, none of a half"
    assert "probation officer in 1 of 1 team" in own
    assert "Family Safeguarding North" in own
    assert "no claim about cause" in own
    assert ">3 (1 to 8)</td>" in own, "a lead sees their authority's own small counts"
    one, address = client(evaluator), f"/adoption/authorities/{home}"
    assert "No authority takes part yet" in one.get("/adoption").text
    assert one.get(address).status_code == 404
    opt_in(house, home)
    assert "coded by a coach" not in one.get(address).text, "and too few for an evaluator"
    listed = one.get("/adoption").text
    assert "Ferndale Council" in listed
    assert "Harbour Borough" not in listed
    assert "80\u00a0% of open families have a workbook" in listed
    seen = one.get(address).text
    assert "Family Safeguarding North" not in seen
    assert "fewer than 5" in seen
    assert "not shown" in seen, "the next smallest is hidden too, or the one could be worked out"
    assert ">3 (1 to 8)</td>" not in seen
    assert "no claim about cause" in seen
    assert "Re-referrals" in seen
    for who in (people.stranger, people.owner, people.colleague, people.stranger_coach):
        assert client(who).get(address).status_code == 404
        assert client(who).get("/adoption").status_code == 404
        assert client(who).get("/adoption/data").status_code == 404
    assert client(evaluator).get("/adoption/data").status_code == 404
    opt_in(house, home, on=False)
    assert one.get(address).status_code == 404


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_nobody_takes_back_what_is_another_authoritys(house: House, client: Client, people: People) -> None:
    kept = upload(house, people.lead, UploadKind.WORKBOOK, WORKBOOK)
    with house.database.write() as session:
        away = session.get_one(Organisation, people.stranger.organisation_id)
        other = add_person(session, away, "Lou Lead", role=Role.LEAD)
    assert client(other).post(f"/adoption/data/uploads/{kept}").status_code == 404
    answer = client(other).post("/adoption/data/workbook", data={"text": WORKBOOK})
    assert "There is no team" in answer.text, "another authority's teams are unknown"
    assert len(workbook(house, people)) == 3
    with house.database.read() as session:
        assert len(session.exec(select(WorkbookMonth)).all()) == 3


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_empty_authority_is_told_what_to_do(client: Client, people: People) -> None:
    page = client(people.lead).get("/adoption").text
    for words in ("Nobody has said yet how many posts", "No month’s extract", "a month needs 5 sessions of 5 people"):
        assert words in page
    assert "Nothing yet. Begin with the posts" in client(people.lead).get("/adoption/data").text
