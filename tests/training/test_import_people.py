"""Lists of people as councils' spreadsheets write them, and what becomes of each row."""

import csv
import io

import pytest
from sqlmodel import Session, col, func, select

from api.house import House
from models.invitation import Invitation
from models.organisation import Team
from models.people.leaving import mark_as_left
from models.people.teams import add_team, close_team
from models.permissions import Grant
from models.person import Discipline, Person, PersonState, Role
from models.sign_in import actor_of, current_teams
from tests.conftest import People
from training.import_people import Fate, Line, import_people, preview_people, report_csv
from training.people_file import MOST_ROWS, FileRow, PeopleFileWrong, as_text, read_people_file

NORTH = "Family Safeguarding North"
PLAIN = f"name,email,discipline,team,role\nZoë O’Hara,zoe@example.org,Children’s Social Worker,{NORTH},coach\n"


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.encode(),
        PLAIN.replace(",", ";").replace("\n", "\r\n").encode("utf-8-sig"),
        ("sep=;\n" + PLAIN.replace(",", ";")).encode(),
        PLAIN.replace(",", ";").encode("cp1252"),
        PLAIN.replace(",", "\t").encode("utf-16"),
        PLAIN.replace("name,email", " Full Name , E-mail Address ").replace("\n", "\n,,,,\n").encode(),
        ("\n\n" + PLAIN).encode(),
    ],
)
def test_a_list_reads_the_same_however_it_was_saved(data: bytes) -> None:
    (row,) = read_people_file(data).rows
    assert (row.name, row.email, row.team, row.role) == ("Zoë O’Hara", "zoe@example.org", NORTH, "coach")
    assert row.discipline == "Children’s Social Worker"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Choose a file"),
        (b" \n ", "Choose a file"),
        (b"PK\x03\x04" + bytes(30), "workbook"),
        (bytes(range(32)) * 20, "not text"),
        (b"name,team\nA,B", "name the columns"),
        (b"name,email,email\nA,a@b.cd,c@d.ef", "each once"),
        (b"name,email\n", "nobody in it"),
        (b"name,email\n" + b"A,a@b.cd\n" * (MOST_ROWS + 1), "more than 500 people"),
        (b"x" * 50_001, "more than 50 kB"),
        (b"name,email\n" + b'"' + b"x" * 140_000, "more than 50 kB"),
    ],
)
def test_what_is_no_list_says_what_to_do(data: bytes, words: str) -> None:
    with pytest.raises(PeopleFileWrong, match=words):
        read_people_file(data)


def test_a_list_survives_being_shown_and_sent_back() -> None:
    read = read_people_file(
        b'name,email,shoe size\n"New, ""Nia""\nNora",nia@example.org,4\nA,A@x.org,5\nB,a@X.org,6\n,,\n'
    )
    assert read.rows[0].name == 'New, "Nia"\nNora'
    assert [(row.line, row.repeats) for row in read.rows] == [(3, 0), (4, 0), (5, 4)]
    assert "shoe size" in read.notes[0]
    again = read_people_file(as_text(read.rows).replace("\n", "\r\n").encode()).rows
    assert [(row.email, bool(row.repeats)) for row in again] == [(row.email, bool(row.repeats)) for row in read.rows]


def counts(session: Session) -> tuple[int, int]:
    return session.exec(select(func.count(col(Person.id)))).one(), session.exec(
        select(func.count(col(Invitation.id)))
    ).one()


LIST = f"""name,email,discipline,team,role
Nia New,nia@example.org,recovery worker,{NORTH.upper()},
Cas Coe,cas@example.org,,{NORTH},Coach
Lou Lead,lou@example.org,manager,,Learning and development lead
Olu Ownerson,OLU.owner@example.org,Manager,South,trainee
Toni Teammate,toni.teammate@example.org,,{NORTH},
Cass Coach,cass.coach@example.org,,{NORTH},coach
"""
MISTAKES = f"""name,email,discipline,team,role
,none@example.org,,,
No Address,none,,,
Twice,nia@example.org,,,
Twice,nia@example.org,,,
Odd Job,odd@example.org,astronaut,,
Odd Team,odd2@example.org,,Atlantis,
Shut,odd3@example.org,,Closed,
Odd Role,odd4@example.org,,,king
No Team,odd5@example.org,,,coach
Wide,odd6@example.org,,{NORTH},lead
Inside,odd7@example.org,,,evaluator
Program,odd8@example.org,,,program
Sam Stranger,sam.stranger@example.org,,,
Lee Lead,lee.lead@example.org,,,
"""


def take_in(house: House, people: People, text: str) -> list[Line]:
    rows = read_people_file(text.encode()).rows
    with house.database.write() as session:
        return import_people(
            session, rows, organisation_id=people.owner.organisation_id, settings=house.settings,
            by=people.lead.person_id,
        )  # fmt: skip


def test_a_list_is_shown_taken_in_and_sent_twice(house: House, people: People) -> None:
    with house.database.write() as session:
        add_team(session, organisation_id=people.owner.organisation_id, name="South", by=None)
        before = counts(session)
    rows = read_people_file(LIST.encode()).rows
    with house.database.read() as session:
        shown = preview_people(session, rows, organisation_id=people.owner.organisation_id)
        assert counts(session) == before
    assert [line.fate for line in shown] == [Fate.INVITE] * 3 + [Fate.CHANGE] + [Fate.SAME] * 2
    assert f"moves from {NORTH} to South today" in shown[3].words
    assert "the name from Olu Owner and the discipline to manager" in shown[3].words
    assert take_in(house, people, LIST) == shown
    with house.database.read() as session:
        assert counts(session) == (before[0] + 3, before[1] + 3)
        by_email = {person.email: person for person in session.exec(select(Person))}
        nia, cas, lou = (by_email[f"{name}@example.org"] for name in ("nia", "cas", "lou"))
        assert (nia.state, nia.discipline) == (PersonState.INVITED, Discipline.RECOVERY_WORKER)
        assert current_teams(session, nia.id) == [people.team.id]
        assert actor_of(session, cas).grants == (Grant(Role.COACH, people.team.id),)
        assert actor_of(session, lou).grants == (Grant(Role.LEAD),)
        assert by_email["olu.owner@example.org"].name == "Olu Ownerson"
        assert people.team.id not in current_teams(session, people.owner.person_id)
    again = take_in(house, people, LIST)
    assert {line.fate for line in again} == {Fate.SAME}
    with house.database.read() as session:
        assert counts(session) == (before[0] + 3, before[1] + 3)


@pytest.mark.parametrize("word", ["data_protection", "Data Protection", "data protection officer"])
def test_a_role_may_be_written_as_people_write_it(house: House, people: People, word: str) -> None:
    (line,) = take_in(house, people, f"name,email,role\nDot,dot@example.org,{word}\n")
    assert (line.fate, line.words) == (Fate.INVITE, "data protection officer")


def test_every_mistake_says_what_to_do_and_writes_nothing(house: House, people: People) -> None:
    with house.database.write() as session:
        closed = add_team(session, organisation_id=people.owner.organisation_id, name="Closed", by=None)
        close_team(session, team=closed, by=None)
        mark_as_left(session, person=session.get_one(Person, people.lead.person_id), by=None)
        before = counts(session)
    lines = take_in(house, people, MISTAKES)
    assert [line.fate for line in lines] == [Fate.MISTAKE] * 2 + [Fate.INVITE] + [Fate.MISTAKE] * 11
    expected = (
        "Enter their name", "Enter an email", "", "in line 4 already", "recovery worker", "add the team", "is closed",
        "lead, administrator, data protection", "Name it", "whole organisation", "no role", "no role",
        "ask whoever runs Evoke", "let them return",
    )  # fmt: skip
    for line, words in zip(lines, expected, strict=True):
        assert words in line.words
    assert "Sam" not in lines[12].words
    with house.database.read() as session:
        assert counts(session) == (before[0] + 1, before[1] + 1)


def test_no_cell_of_the_report_is_a_formula() -> None:
    row = FileRow(2, 0, "=HYPERLINK(1)", "@x", "+1", "-2", "\tx", "=s")
    report = report_csv([Line(row, Fate.MISTAKE, "Enter an email address.")])
    assert report.startswith("\ufeff")
    _, cells = csv.reader(io.StringIO(report[1:]))
    assert cells[:7] == ["2", "'=HYPERLINK(1)", "'@x", "'+1", "'-2", "'\tx", "'=s"]
    assert cells[7:] == ["mistake", "Enter an email address."]


def test_a_list_can_say_where_its_teams_work(house: House, people: People) -> None:
    text = (
        "name,email,team,site\n"
        f"Nia New,nia@example.org,{NORTH}, Mill  Street\n"
        f"Ned New,ned@example.org,{NORTH.lower()},Mill Street\n"
        f"Nat New,nat@example.org,{NORTH},\n"
        f"Nor New,nor@example.org,{NORTH},Oak House\n"
        "Nil New,nil@example.org,,Oak House\n"
        f"Olu Owner,olu.owner@example.org,{NORTH},Mill Street\n"
    )
    rows = read_people_file(text.encode()).rows
    with house.database.write() as session:
        organisation_id = people.owner.organisation_id
        preview = preview_people(session, rows, organisation_id=organisation_id)
        done = import_people(session, rows, organisation_id=organisation_id, settings=house.settings, by=None)
        assert [(line.fate, line.words) for line in preview] == [(line.fate, line.words) for line in done]
        first, second, third, other, nowhere, here = done
        assert first.words == f"trainee in {NORTH}; {NORTH} works at Mill Street"
        assert second.words == third.words == f"trainee in {NORTH}"
        assert (other.fate, nowhere.fate, here.fate) == (Fate.MISTAKE, Fate.MISTAKE, Fate.SAME)
        assert "Line 2 says" in other.words
        assert "Name the team" in nowhere.words
        assert session.get_one(Team, people.team.id).site == "Mill Street"
        again = import_people(session, rows, organisation_id=organisation_id, settings=house.settings, by=None)
        assert {line.fate for line in again} == {Fate.SAME, Fate.MISTAKE}
    assert "site" in report_csv(done).splitlines()[0]
    assert read_people_file(as_text(rows).encode()).rows == rows


def test_a_site_that_is_too_long_is_a_mistake(house: House, people: People) -> None:
    row = FileRow(2, 0, "Nia New", "nia@example.org", team=NORTH, site="x" * 101)
    with house.database.write() as session:
        (line,) = preview_people(session, [row], organisation_id=people.owner.organisation_id)
    assert (line.fate, "too long" in line.words) == (Fate.MISTAKE, True)
