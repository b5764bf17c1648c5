"""An evaluator's file: it says what its codebook says, tells nobody who is small, and goes when it has to."""

import csv
import hashlib
import io
import json
import math
import random
import zipfile
from collections import defaultdict
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from scipy.stats import t as student
from sqlmodel import col, select

from api.house import House
from models.adoption import UploadKind
from models.coding import CodedBy
from models.columns import utc_now
from models.consent import Agreement, HowGiven, Participant, Scope, Who
from models.job import Job
from models.organisation import Organisation, OrganisationKind
from models.permissions import Actor
from models.person import Person, Role
from models.practice import PracticeSession, SessionKind
from models.sign_in import make_organisation
from tests.conftest import People, add_person, work_off
from tests.web.adoption import Made, add_figure, add_practice, make_authority, opt_in
from tests.web.conftest import Client
from tests.web.test_adoption import OUTCOMES, POSTS, WORKBOOK, upload
from training.adoption.wave import set_rows_for_evaluators, set_wave
from web.worker import Worker

MONTHS = [date(2026, month, 1) for month in (1, 2, 3)]
SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def made(house: House, people: People) -> Made:
    """Two authorities that opted in; one lets evaluators take rows, and went live in March."""
    with house.database.write() as session:
        home = session.get_one(Organisation, people.lead.organisation_id)
        away = session.get_one(Organisation, people.stranger.organisation_id)
        made = make_authority(session, home, people=24, months=MONTHS)
        make_authority(session, away, people=12, months=MONTHS, seed=2)
        set_wave(session, wave="Wave 1", live_on="2026-03-01", today=utc_now().date(), by=people.lead)
        set_rows_for_evaluators(session, allowed=True, by=people.lead)
    for organisation_id in (people.lead.organisation_id, people.stranger.organisation_id):
        opt_in(house, organisation_id)
    upload(house, people.lead, UploadKind.WORKBOOK, WORKBOOK)
    upload(house, people.lead, UploadKind.POSTS, POSTS)
    upload(house, people.lead, UploadKind.OUTCOMES, OUTCOMES)
    return made


def fetch(client: Client, worker: Worker, evaluator: Actor) -> dict[str, str]:
    """The files of a new ZIP."""
    one = client(evaluator)
    one.post("/adoption/export")
    work_off(worker)
    answer = one.get("/adoption/export/evoke-evaluation.zip")
    assert answer.status_code == 200, one.get("/adoption/export").text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def table(files: dict[str, str], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[name])))


def estimate(rows: list[dict[str, str]], least: float, most: float) -> tuple[int, int, float, float, float]:
    """As the codebook says it, and in no way from what made the file."""
    below = sum(float(row["denominator"]) for row in rows)
    value = sum(float(row["numerator"]) for row in rows) / below
    off: dict[str, float] = defaultdict(float)
    for row in rows:
        off[row["person"]] += float(row["numerator"]) - value * float(row["denominator"])
    people = len(off)
    error = math.sqrt(sum(one**2 for one in off.values()) * people / (people - 1)) / below
    if error > 1e-9 * max(value, 1):
        half = float(student.ppf(0.95, people - 1)) * error
        return people, len(rows), value, max(least, value - half), min(most, value + half)
    share = value / (1 + value) if math.isinf(most) else (value - least) / (most - least)
    z = 1.644853627
    middle, wide = share + z * z / (2 * people), z * math.sqrt(share * (1 - share) / people + z * z / 4 / people**2)
    ends = [max(0.0, min(1.0, (middle + side * wide) / (1 + z * z / people))) for side in (-1, 1)]
    low, high = (x / (1 - x) if math.isinf(most) else least + (most - least) * x for x in ends)
    return people, len(rows), value, low, high


def blocks(rows: list[dict[str, str]]) -> list[list[str]]:
    found, gathered = [], []
    for period in sorted({row["period"] for row in rows}):
        gathered.append(period)
        inside = [row for row in rows if row["period"] in gathered]
        if len({row["person"] for row in inside}) >= 10 and len({row["session"] for row in inside}) >= 10:
            found.append(gathered)
            gathered = []
    return found


def report_again(files: dict[str, str]) -> dict[tuple[str, ...], tuple[float, ...]]:
    """Every figure of the report, from the rows and the codebook alone."""
    ranges = {}
    for entry in table(files, "codebook.csv"):
        if entry["file"] == "sessions.csv" and entry["column"] == "measure" and entry["code"]:
            least, _, most = entry["meaning"].rpartition("Range: ")[2].rstrip(".").partition(" to ")
            ranges[entry["code"]] = (float(least), math.inf if most == "no upper end" else float(most))
    live = {row["authority"]: row["live_period"] for row in table(files, "authorities.csv")}
    slices: dict[tuple[str, ...], list[dict[str, str]]] = defaultdict(list)
    for row in table(files, "sessions.csv"):
        slices[row["authority"], row["kind"], row["picked"], row["coded_by"]].append(row)
    again = {}
    for name, rows in slices.items():
        found = blocks(rows)
        whens = {"all": sorted({row["period"] for row in rows})}
        before = [block for block in found if block[-1] < live[name[0]]]
        if found:
            whens["baseline"] = before[-1] if before else found[0]
        if found and found[-1] != whens["baseline"]:
            whens["follow_up"] = found[-1]
        for when, periods in whens.items():
            for measure, (least, most) in ranges.items():
                inside = [row for row in rows if row["period"] in periods and row["measure"] == measure]
                if len({row["person"] for row in inside}) >= 10 and sum(float(row["denominator"]) for row in inside):
                    again[*name, when, periods[0], periods[-1], measure] = estimate(inside, least, most)
    return again


def same(report: dict[str, Any], again: dict[tuple[str, ...], tuple[float, ...]]) -> list[object]:
    """What of the report does not come out again."""
    keys = ("authority", "kind", "picked", "coded_by", "when", "first", "last", "measure")
    printed = {
        tuple(one[key] for key in keys): (one["people"], one["sessions"], one["value"], one["low"], one["high"])
        for one in report["figures"]
    }
    wrong: list[object] = list(set(printed) ^ set(again))
    for key in set(printed) & set(again):
        if any(abs(shown - made) > 0.5001e-4 for shown, made in zip(printed[key], again[key], strict=True)):
            wrong.append((key, printed[key], again[key]))
    return wrong


def test_the_file_reproduces_its_report_by_its_codebook(
    house: House, client: Client, worker: Worker, evaluator: Actor, made: Made
) -> None:
    files = fetch(client, worker, evaluator)
    sums = dict(reversed(line.split("  ")) for line in files["SHA256SUMS"].splitlines())
    assert {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()} == (
        sums | {"SHA256SUMS": hashlib.sha256(files["SHA256SUMS"].encode()).hexdigest()}
    )
    report, again = json.loads(files["report.json"]), report_again(files)
    assert len(report["figures"]) > 50
    assert {one["when"] for one in report["figures"]} == {"all", "baseline", "follow_up"}
    assert {one["coded_by"] for one in report["figures"]} == {"machine", "person"}
    assert same(report, again) == []
    report["figures"][7]["value"] += 0.0002
    assert len(same(report, again)) == 1, "a figure that was changed is found"
    rows = table(files, "legs.csv")
    for one in report["legs"]:
        (value,) = [
            row["value"] for row in rows
            if (row["authority"], row["leg"], row["measure"], row["first"], row["about"])
            == (one["authority"], one["leg"], one["measure"], one["period"], "")
        ]  # fmt: skip
        assert round(float(value), 4) == one["value"]
    whens = {(one["leg"], one["when"]): one["period"] for one in report["legs"] if one["leg"] == "workbook"}
    assert whens == {("workbook", "baseline"): "2026-02", ("workbook", "follow_up"): "2026-03"}


@SQLITE
def test_every_column_and_code_is_in_the_codebook(client: Client, worker: Worker, evaluator: Actor, made: Made) -> None:
    files = fetch(client, worker, evaluator)
    book = {(entry["file"], entry["column"], entry["code"]) for entry in table(files, "codebook.csv")}
    counts = [name for entry in table(files, "codebook.csv") if entry["file"] == "counts.csv"
              for name in entry["column"].split(", ")]  # fmt: skip
    for file in ("sessions.csv", "legs.csv"):
        for row in table(files, file):
            for column in row:
                known = (file, column, "") in book or (file == "legs.csv" and column == "authority")
                assert known, (file, column)
    assert "open_questions" in counts
    for column in ("discipline", "kind", "picked", "coded_by", "measure"):
        for row in table(files, "sessions.csv"):
            assert ("sessions.csv", column, row[column]) in book, (column, row[column])


@SQLITE
def test_rows_are_of_who_allows_them_and_tell_nobody_who_is_few(
    house: House, client: Client, worker: Worker, evaluator: Actor, people: People, made: Made
) -> None:
    files = fetch(client, worker, evaluator)
    rows = table(files, "sessions.csv")
    authorities = {row["rows"]: row for row in table(files, "authorities.csv")}
    assert {row["authority"] for row in rows} == {authorities["yes"]["authority"]}
    assert authorities["yes"]["live"] == "2026-03"
    legs = {row["authority"] for row in table(files, "legs.csv")}
    assert authorities["no"]["authority"] in legs, "its figures are there all the same"
    teams = defaultdict(set)
    disciplines = defaultdict(set)
    for row in rows:
        teams[row["team"]].add(row["person"])
        disciplines[row["discipline"]].add(row["person"])
    assert all(len(found) >= 5 for found in (*teams.values(), *disciplines.values()))
    assert "small teams" in teams, "three people are no team here"
    assert "probation officer" not in disciplines, "nor is one a discipline"
    everything = "".join(files.values())
    with house.database.read() as session:
        for name in (Person, PracticeSession, Organisation):
            for one in session.exec(select(name)):
                assert str(one.id) not in everything
        for person in session.exec(select(Person)):
            assert person.name not in everything
    assert "Family Safeguarding North" not in everything
    hidden = [row for row in table(files, "legs.csv") if row["note"] == "fewer than 5"]
    assert hidden
    assert all(not row["value"] for row in hidden)


@SQLITE
def test_pseudonyms_are_the_same_in_each_file_and_others_at_another_centre(
    house: House, client: Client, worker: Worker, evaluator: Actor, made: Made
) -> None:
    first = {row["person"] for row in table(fetch(client, worker, evaluator), "sessions.csv")}
    assert first == {row["person"] for row in table(fetch(client, worker, evaluator), "sessions.csv")}
    with house.database.write() as session:
        other = make_organisation(session, name="Oak University", kind=OrganisationKind.EVALUATION)
        elsewhere = add_person(session, other, "Ed Evaluator", role=Role.EVALUATOR)
    assert first.isdisjoint(row["person"] for row in table(fetch(client, worker, elsewhere), "sessions.csv"))


def test_real_practice_needs_everybodys_word_and_a_no_counts_everywhere(
    house: House, client: Client, worker: Worker, evaluator: Actor, people: People, made: Made
) -> None:
    draw = random.Random(5)
    with house.database.write() as session:
        for number, person_id in enumerate(made.people[:12]):
            person = session.get_one(Person, person_id)
            practice = add_practice(session, person, made.teams[1], MONTHS[2], SessionKind.REAL_PRACTICE)
            add_figure(session, practice, MONTHS[2], CodedBy.MACHINE, draw)
            for position, who in enumerate((Who.STAFF, Who.FAMILY_MEMBER), 1):
                one = Participant(session_id=practice.id, position=position, who=who)
                session.add(one)
                session.flush()
                if number or position == 1:  # the first one's family member was not asked
                    session.add(word(one, people, given=True))
        refused = Participant(session_id=made.sessions[0], position=1, who=Who.STAFF)
        session.add(refused)
        session.flush()
        session.add(word(refused, people, given=False))
    rows = table(fetch(client, worker, evaluator), "sessions.csv")
    assert len({row["session"] for row in rows if row["kind"] == "real_practice"}) == 11
    assert len({row["session"] for row in rows if row["kind"] == "role_play"}) == len(made.sessions) - 1


def word(one: Participant, people: People, *, given: bool) -> Agreement:
    return Agreement(
        participant_id=one.id, scope=Scope.RESEARCH, given=given, how=HowGiven.SAID, given_on=MONTHS[0],
        recorded_by_id=people.owner.person_id,
    )  # fmt: skip


@SQLITE
def test_an_authority_of_few_gives_no_rows(
    house: House, client: Client, worker: Worker, evaluator: Actor, people: People
) -> None:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.lead.organisation_id)
        make_authority(session, home, people=9, months=MONTHS)
        set_rows_for_evaluators(session, allowed=True, by=people.lead)
    opt_in(house, people.lead.organisation_id)
    files = fetch(client, worker, evaluator)
    assert table(files, "sessions.csv") == []
    assert json.loads(files["report.json"])["figures"] == []


@SQLITE
def test_thin_months_become_quarters(
    house: House, client: Client, worker: Worker, evaluator: Actor, people: People
) -> None:
    with house.database.write() as session:
        home = session.get_one(Organisation, people.lead.organisation_id)
        made = make_authority(session, home, people=12, months=MONTHS[:1])
        for person_id in made.people[:4]:
            practice = add_practice(session, session.get_one(Person, person_id), made.teams[1], MONTHS[1])
            add_figure(session, practice, MONTHS[1], CodedBy.MACHINE, random.Random(1))
        set_rows_for_evaluators(session, allowed=True, by=people.lead)
    opt_in(house, people.lead.organisation_id)
    assert {row["period"] for row in table(fetch(client, worker, evaluator), "sessions.csv")} == {"2026-Q1"}


@SQLITE
def test_only_evaluators_make_one_and_only_of_their_centre(
    house: House, client: Client, worker: Worker, evaluator: Actor, people: People, made: Made
) -> None:
    fetch(client, worker, evaluator)
    for who in (people.lead, people.colleague, people.owner, people.stranger):
        for path in ("/adoption/export", "/adoption/export/evoke-evaluation.zip", "/adoption/export/progress"):
            assert client(who).get(path).status_code == 404
        assert client(who).post("/adoption/export").status_code == 404
    with house.database.write() as session:
        other = make_organisation(session, name="Oak University", kind=OrganisationKind.EVALUATION)
        elsewhere = add_person(session, other, "Ed Evaluator", role=Role.EVALUATOR)
    assert client(elsewhere).get("/adoption/export/evoke-evaluation.zip").status_code == 404
    jobs = len(_jobs(house))
    client(evaluator).post("/adoption/export")
    client(evaluator).post("/adoption/export")
    assert len(_jobs(house)) == jobs + 1, "one that is being made is not begun again"


def _jobs(house: House) -> list[UUID]:
    with house.database.read() as session:
        return list(session.exec(select(Job.id).where(col(Job.name) == "make_evaluation_export")))
