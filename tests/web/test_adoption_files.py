"""An authority's adoption as files and by the API: the numbers of its page, and nothing that the page hides."""

import csv
import html
import io
import re
from datetime import date
from typing import Any

import openpyxl
import pytest
from sqlmodel import col, select

from api.house import House
from models.adoption import UploadKind
from models.audit import AuditEvent
from models.columns import utc_now
from models.organisation import Organisation, Team
from models.permissions import Actor, Permission, narrowed
from models.person import Discipline, Role
from tests.conftest import People, add_person
from tests.web.adoption import make_authority
from tests.web.conftest import Client
from tests.web.test_adoption import OUTCOMES, POSTS, WORKBOOK, staff, upload
from tests.web.test_evaluation import opt_in
from training.figures.snapshot import bodies, keep

API = "/api/v1/figures/adoption"
TEAM = "Family Safeguarding North"
MONTHS = [date(2026, 3, 1), date(2026, 4, 1)]


def page_of(people: People) -> str:
    return f"/adoption/authorities/{people.lead.organisation_id}"


def made(house: House, people: People, *, workers: int = 24) -> None:
    staff(house, people, *[Discipline.CHILDRENS_SOCIAL_WORKER] * 5, Discipline.RECOVERY_WORKER)
    upload(house, people.lead, UploadKind.POSTS, POSTS)
    upload(house, people.lead, UploadKind.WORKBOOK, WORKBOOK)
    upload(house, people.lead, UploadKind.OUTCOMES, OUTCOMES)
    home = people.lead.organisation_id
    with house.database.write() as session:
        make_authority(session, session.get_one(Organisation, home), people=workers, months=MONTHS)
        keep(session, home, bodies(session, home, now=utc_now()))


def somebody(house: House, organisation_id: Any, role: Role) -> Actor:
    with house.database.write() as session:
        return add_person(session, session.get_one(Organisation, organisation_id), f"One {role.value}", role=role)


def printed(text: str) -> dict[str, dict[str, str]]:
    """The tables below the charts of a page: months and figures, by the chart's title in small letters."""
    found = {}
    for title, body in re.findall(r'visually-hidden">([^<]+) over time</caption>(.*?)</table>', text, re.S):
        cells = re.findall(r'evoke-plain">([^<]+)</th>\s*<td[^>]*>([^<]+)</td>', body)
        found[html.unescape(title).casefold()] = {months: html.unescape(figure) for months, figure in cells}
    return found


def months(point: dict[str, Any]) -> str:
    first, last = (date.fromisoformat(f"{point[name]}-01") for name in ("first", "last"))
    return f"{last:%B %Y}" if first == last else f"{first:%B} to {last:%B %Y}"


def rounded(value: float, unit: str) -> str:
    if unit == "share":
        return f"{100 * value:.0f}\u00a0%"
    return f"{value:.1f}" if unit == "number" else f"{value:,.0f}"


def read_csv(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


@pytest.mark.parametrize("who", ["lead", "administrator", "evaluator"])
def test_page_csv_workbook_and_api_give_the_same_numbers(
    house: House, client: Client, people: People, evaluator: Actor, who: str
) -> None:
    made(house, people)
    opt_in(house, people.lead.organisation_id)
    asks = {"lead": people.lead, "evaluator": evaluator}.get(who) or somebody(
        house, people.lead.organisation_id, Role.ADMINISTRATOR
    )
    one = client(asks)
    told = one.get(API, params={"authority": str(people.lead.organisation_id)}).json()
    slices = sorted({series["slice"]["name"] for series in told["series"] if series["slice"]})
    assert slices == ["role_play.chosen.machine", "role_play.chosen.person"]
    pages = {name: printed(one.get(page_of(people), params={"of": name}).text) for name in slices}
    in_csv = {
        (row["table"], row["slice"], row["measure"], row["about"], row["first"]): row
        for row in read_csv(one.get(f"{page_of(people)}/figures.csv").content)
    }
    book = openpyxl.load_workbook(io.BytesIO(one.get(f"{page_of(people)}/figures.xlsx").content))
    in_book = {}
    for sheet, table in (
        ("Motivational interviewing", "practice"), ("Posts filled", "teams"), ("Workbook", "workbook"),
        ("Outcomes", "outcome"),
    ):  # fmt: skip
        head, *rows = book[sheet].iter_rows(values_only=True)
        for cells in rows:
            row = dict(zip(head, cells, strict=True))
            key = (table, row.get("slice") or "", row["measure"], row.get("about") or "", row["first"])
            in_book[key] = row
    compared = 0
    for series in told["series"]:
        name = series["slice"]["name"] if series["slice"] else ""
        page = pages[name or slices[0]][series["title"].casefold()]
        assert page == {months(point): point["shown"] for point in series["points"]}
        for point in series["points"]:
            about = series["title"] if series["table"] == "outcome" else ""
            key = (series["table"], name, series["measure"], about, point["first"])
            numbers = {field: point[field] for field in ("value", "low", "high")} | point["behind"]
            of_csv, of_book = in_csv.pop(key), in_book.pop(key)
            assert {field: float(of_csv[field]) if of_csv[field] else None for field in numbers} == numbers
            assert {field: of_book.get(field) for field in numbers} == numbers
            assert of_csv["words"] == of_book["words"] == point["shown"]
            if point["value"] is not None:
                assert point["shown"].split(" (")[0] == rounded(point["value"], series["unit"])
                compared += 1
    assert compared >= 2 * 6 + 3 + 2
    assert not in_book
    assert {key[0] for key in in_csv} == {"leg", "discipline", *(() if who == "evaluator" else ("lacks",))}
    assert told["outside"] == (who == "evaluator")
    text = html.unescape(one.get(page_of(people)).text)
    for leg in told["legs"]:
        assert leg["now"] in text
        assert in_csv["leg", "", "now", leg["leg"], ""]["words"] == leg["now"]
    for row in told["disciplines"]:
        assert f"{row['people_shown']} in {row['posts']:g} <" in text
        people_in = in_csv["discipline", "", "people_in_post", row["discipline"], told["composed_at"]]
        assert people_in["value"] == ("" if row["people"] is None else str(row["people"]))
        assert people_in["words"] == row["people_shown"]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_the_page_hides_from_evaluators_is_hidden_everywhere(
    house: House, client: Client, people: People, evaluator: Actor
) -> None:
    made(house, people)
    opt_in(house, people.lead.organisation_id)
    authority = {"authority": str(people.lead.organisation_id)}
    inside, outside = client(people.lead).get(API).json(), client(evaluator).get(API, params=authority).json()
    assert inside["teams"] == [{"team": TEAM, "lacks": "probation officer"}]
    assert outside["teams"] is None

    def plans(told: dict[str, Any]) -> dict[str, float | None]:
        (series,) = (one for one in told["series"] if one["title"] == "child protection plans")
        return {point["first"]: point["value"] for point in series["points"]}

    assert plans(inside) == {"2026-01": 12, "2026-02": 3}
    assert plans(outside) == {"2026-01": 12, "2026-02": None}
    assert {row["discipline"]: row["people"] for row in inside["disciplines"]} == {
        "children's social worker": 5, "recovery worker": 1, "probation officer": 0,
    }  # fmt: skip
    assert {row["people"] for row in outside["disciplines"]} == {None}
    spans = {point["behind"]["sessions"] for one in inside["series"] if one["slice"] for point in one["points"]}
    rounded_to_5 = {point["behind"]["sessions"] for one in outside["series"] if one["slice"] for point in one["points"]}
    assert spans & {24, 12}
    assert not any(count % 5 for count in rounded_to_5)
    for ending in ("csv", "xlsx"):
        body = client(evaluator).get(f"{page_of(people)}/figures.{ending}").content
        if ending == "xlsx":
            book = openpyxl.load_workbook(io.BytesIO(body))
            assert "What teams lack" not in book.sheetnames
            body = "\n".join(
                str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None
            ).encode()
        assert TEAM.encode() not in body
        assert b"child protection plans" in body


def test_who_may_take_them_and_that_it_is_noted(house: House, client: Client, people: People, evaluator: Actor) -> None:
    made(house, people, workers=12)
    home = people.lead.organisation_id
    files = [f"{page_of(people)}/figures.{form}" for form in ("csv", "xlsx")]
    by_id = f"{API}?authority={home}"
    text = client(people.lead).get("/adoption").text
    for path in files:
        assert f'href="{path}"' in text
        assert client(people.lead).get(path).status_code == 200
    assert client(people.lead).get(API).json() == client(people.lead).get(by_id).json()
    lead_away = somebody(house, people.stranger.organisation_id, Role.LEAD)
    for who in (people.owner, people.colleague, people.teammate, people.stranger, lead_away, evaluator):
        for path in (*files, by_id):
            assert client(who).get(path).status_code == 404
    assert client(lead_away).get(API).json()["authority"]["name"] == "Harbour Borough"
    for who in (people.owner, people.colleague, people.stranger, evaluator):
        assert client(who).get(API).status_code == 404
    opt_in(house, home)
    for path in (*files, by_id):
        assert client(evaluator).get(path).status_code == 200
    opt_in(house, home, on=False)
    for path in (*files, by_id):
        assert client(evaluator).get(path).status_code == 404
    with house.database.read() as session:
        noted = session.exec(select(AuditEvent).where(col(AuditEvent.action) == "adoption_exported")).all()
        found = sorted((one.organisation_id == home, one.actor_id == evaluator.person_id, one.details["form"])
                       for one in noted)  # fmt: skip
    assert found == [
        (False, True, "csv"), (False, True, "xlsx"), (True, False, "csv"), (True, False, "xlsx"), (True, True, "csv"),
        (True, True, "xlsx"),
    ]  # fmt: skip


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_program_of_the_authority_reads_none_of_it(house: House, client: Client, people: People) -> None:
    program = somebody(house, people.lead.organisation_id, Role.API_CLIENT)
    assert client(narrowed(program, [Permission.SEE_TEAM_FIGURES])).get(API).status_code == 404


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_names_that_a_spreadsheet_would_run_are_harmless(house: House, client: Client, people: People) -> None:
    made(house, people, workers=3)
    with house.database.write() as session:
        session.get_one(Team, people.team.id).name = '=HYPERLINK("http://x")'
    lead = client(people.lead)
    (lacks,) = (row for row in read_csv(lead.get(f"{page_of(people)}/figures.csv").content) if row["table"] == "lacks")
    assert lacks["about"] == '\'=HYPERLINK("http://x")'
    book = openpyxl.load_workbook(io.BytesIO(lead.get(f"{page_of(people)}/figures.xlsx").content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not any(cell.data_type == "f" or str(cell.value).startswith("=") for cell in cells)
    assert lead.get(API).json()["teams"][0]["team"].startswith("=HYPERLINK")


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_where_there_is_nothing_yet_it_says_so(client: Client, people: People) -> None:
    told = client(people.lead).get(API).json()
    assert (told["series"], told["disciplines"], told["teams"], told["composed_at"]) == ([], [], [], None)
    assert [leg["now"] for leg in told["legs"]] == [None] * 3
    assert "Nobody has said yet how many posts" in told["legs"][1]["missing"]
    rows = read_csv(client(people.lead).get(f"{page_of(people)}/figures.csv").content)
    assert [(row["about"], row["measure"]) for row in rows] == [
        ("practice", "now"), ("teams", "now"), ("workbook", "now")
    ]  # fmt: skip
