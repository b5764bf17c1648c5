"""An authority's figures as files and by the API: the numbers of the page, and nothing that the page hides."""

import csv
import io
import warnings

import openpyxl
from sqlmodel import col, select

from api.house import House
from models.audit import AuditEvent
from models.organisation import Organisation
from models.permissions import Permission, narrowed
from models.person import Role
from tests.conftest import People, add_person
from tests.training.figures.authority import SLICE, plant_authority
from tests.web.conftest import Client
from training.figures.authority_view import build_authority
from training.figures.measures import MEASURES, Measure
from training.figures.shown import between, number
from web.worker import Worker

CSV, XLSX, API = "/authority/figures.csv", "/authority/figures.xlsx", "/api/v1/figures/authority"


def read_csv(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


def test_page_csv_workbook_and_api_give_the_same_numbers(
    client: Client, house: House, people: People, worker: Worker
) -> None:
    planted = plant_authority(house, people, worker)
    lead = client(people.lead)
    rows = read_csv(lead.get(f"{CSV}?of={SLICE}").content)
    told = lead.get(f"{API}/{SLICE}").json()
    book = openpyxl.load_workbook(io.BytesIO(lead.get(f"{XLSX}?of={SLICE}").content))
    sheets = {name: list(book[name].iter_rows(values_only=True)) for name in book.sheetnames}
    in_csv = {(row["group_kind"], row["group"], row["measure"]): row for row in rows}
    in_api = {(one["kind"], one["name"]): one for one in told["cells"]}
    in_book = {(row[1], row[2], row[3]): row for name, sheet in sheets.items() if name != "About" for row in sheet[1:]}
    assert set(in_csv) == set(in_book)
    compared = 0
    for measure in Measure:
        with house.database.read() as session:
            page = build_authority(session, people.lead.organisation_id, slice_name=SLICE, measure_name=measure.value)
        assert page is not None
        assert page.figures is not None
        if page.measure is not measure:
            continue
        for group in page.figures.groups:
            for line in group.lines:
                of_api = in_api[group.kind, line.name]
                of_csv = in_csv[group.kind, f"'{line.name}" if line.name.startswith("=") else line.name, measure.value]
                of_book = in_book[of_csv["group_kind"], of_csv["group"], measure.value]
                one = of_api["values"][measure.value]
                assert of_csv["hidden"] == ("no" if line.figure else "yes")
                if not line.figure:
                    assert (one["value"], one["why"]) == (None, "too few to show")
                    assert (of_csv["value"], of_book[4]) == ("", None)
                    continue
                assert number(measure, one["value"]) == line.figure
                assert between(measure, one["low"], one["high"]) == line.interval
                assert [float(of_csv[name]) for name in ("value", "low", "high")] == [
                    one["value"], one["low"], one["high"],
                ]  # fmt: skip
                assert list(of_book[4:7]) == [one["value"], one["low"], one["high"]]
                assert f"{of_api['sessions']:,}" == line.sessions
                assert of_csv["sessions"] == str(one["sessions"])
                compared += 1
    assert compared >= 8 * 3
    small = in_api["team", "Small"]
    assert (small["key"], small["sessions"], small["people"]) == (f"team:{planted.small}", None, None)
    assert small["why"] == "too few to show"
    assert told["measures"]["at_fair"]["formula"] == MEASURES[Measure.AT_FAIR].formula
    assert sheets["About"][0][0] == "Figures of Ferndale Council"
    assert any(row[0] == "percent_change_talk" for row in sheets["About"])
    assert "Who is reached" in sheets


def test_the_overview_says_what_there_is(client: Client, house: House, people: People, worker: Worker) -> None:
    lead = client(people.lead)
    assert lead.get(API).json()["made_at"] is None
    assert lead.get(f"{API}/{SLICE}").status_code == 404
    plant_authority(house, people, worker)
    told = lead.get(API).json()
    assert [(one["name"], one["sessions"]) for one in told["slices"]] == [(SLICE, 54)]
    assert told["slices"][0]["shown"] == "Role plays, chosen by people themselves, the machine’s codes"
    assert len(told["months"]) == 24
    reach = {one["group"]: one for one in told["reach"]}
    assert reach["whole"]["people"] > 10
    nobody = {"least": 0, "most": 4}
    assert reach["whole"]["enough"] is None  # none would say so of each
    assert reach["whole"]["between"]["enough"] == nobody
    assert reach["whole"]["without"] is None
    rows = {
        (row["group"], row["measure"]): row for row in read_csv(lead.get(CSV).content) if row["group_kind"] == "reached"
    }
    of_csv = rows["All together", "enough"]
    assert (of_csv["value"], of_csv["low"], of_csv["high"], of_csv["hidden"]) == ("", "0", "4", "yes")
    page = lead.get("/authority").text
    assert "fewer than 5 had a coach’s feedback on three sessions or more" in page
    assert told["consent"] is None
    assert lead.get(f"{API}/none.of.these").status_code == 404


def test_cells_that_a_spreadsheet_would_run_are_harmless(
    client: Client, house: House, people: People, worker: Worker
) -> None:
    plant_authority(house, people, worker, east='=HYPERLINK("http://x")\x0b')
    lead = client(people.lead)
    rows = read_csv(lead.get(CSV).content)
    assert {one["group"][:11] for one in rows if "HYPERLINK" in one["group"]} == {"'=HYPERLINK"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        book = openpyxl.load_workbook(io.BytesIO(lead.get(XLSX).content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not any(cell.data_type == "f" or str(cell.value).startswith(("=", "+", "@")) for cell in cells)


def test_who_may_take_them_and_that_it_is_noted(client: Client, house: House, people: People, worker: Worker) -> None:
    plant_authority(house, people, worker)
    lead = client(people.lead)
    assert f'href="{CSV}?of={SLICE}"' in lead.get("/authority").text
    for path in (CSV, XLSX):
        assert lead.get(f"{path}?of={SLICE}").status_code == 200
        assert lead.get(f"{path}?of=nothing").status_code == 404
    for who in (people.owner, people.colleague, people.teammate):
        for path in (CSV, XLSX, API, f"{API}/{SLICE}"):
            assert client(who).get(path).status_code == 404
    with house.database.read() as session:
        noted = session.exec(select(AuditEvent).where(col(AuditEvent.action) == "figures_exported")).all()
    assert sorted((one.details["form"], one.details["wanted"]) for one in noted) == [("csv", SLICE), ("xlsx", SLICE)]
    assert {one.actor_id for one in noted} == {people.lead.person_id}


def test_a_program_reads_them_with_its_scope(client: Client, house: House, people: People, worker: Worker) -> None:
    plant_authority(house, people, worker)
    with house.database.write() as session:
        home = session.get_one(Organisation, people.lead.organisation_id)
        program = add_person(session, home, "Portal", role=Role.API_CLIENT)
    may = client(narrowed(program, [Permission.SEE_TEAM_FIGURES]))
    assert may.get(f"{API}/{SLICE}").status_code == 200
    may_not = client(narrowed(program, [Permission.ADD_SESSION]))
    answer = may_not.get(f"{API}/{SLICE}")
    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")
