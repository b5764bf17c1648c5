"""Learning from modules: read on where you stopped, checked, completed; each person's own."""

import re
from uuid import uuid4

import pytest
from sqlmodel import col, select

from api.house import House
from models.audit import AuditEvent
from models.permissions import Actor
from tests.conftest import People
from tests.web.conftest import Client, PageClient
from training.exercises.attempts import Sent, keep_chosen
from training.exercises.format import OrderTheSummary, SpotTheCode
from training.modules.learn_view import ModuleView, build_learn_map, build_module_view
from training.modules.load import Placed, shipped_library
from training.modules.progress import complete_if_done, mark_as_read, progress_of
from training.modules.read import Module

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def module() -> Module:
    return shipped_library().modules[0]


def view_of(house: House, who: Actor, module: Module) -> ModuleView:
    with house.database.read() as session:
        return build_module_view(session, who, module)


def right_answers(module: Module, **other: str) -> dict[str, str]:
    return {f"question-{number}": str(one.answer) for number, one in enumerate(module.head.check, 1)} | other


def wrong_answer(module: Module) -> dict[str, str]:
    return right_answers(module) | {"question-1": str(module.head.check[0].answer % 3 + 1)}


@on_sqlite
def test_the_map_has_every_module_and_the_menu_leads_there(client: Client, people: People, module: Module) -> None:
    page = client(people.owner).get("/learn")
    for one in shipped_library().modules:
        assert f'href="/learn/{one.slug}"' in page.text
    assert "A good place to begin." in page.text
    assert re.search(r'href="/learn" aria-current="page"', page.text)


def test_reading_goes_on_where_it_stopped(house: House, client: Client, people: People, module: Module) -> None:
    owner = client(people.owner)
    assert "Start" in owner.get(f"/learn/{module.slug}").text
    second = owner.post(f"/learn/{module.slug}/parts/1")  # follows to the next part
    assert second.url.path == f"/learn/{module.slug}/parts/2"
    assert module.parts[1].title in second.text
    page = owner.get(f"/learn/{module.slug}").text
    assert f"Go on: {module.parts[1].title}" in page
    assert "You have begun it." in owner.get("/learn").text
    assert f'Go on learning: <a class="govuk-link" href="/learn/{module.slug}">' in owner.get("/").text
    for number in range(2, len(module.parts) + 1):
        last = owner.post(f"/learn/{module.slug}/parts/{number}", follow_redirects=False)
    assert last.headers["location"] == f"/learn/{module.slug}#exercises"
    assert view_of(house, people.owner, module).read_at is not None


@on_sqlite
def test_what_goes_with_the_plan_comes_first(house: House, people: People, module: Module) -> None:
    planned = next(one for one in shipped_library().modules if one.head.skills[0] is not module.head.skills[0])
    with house.database.write() as session:
        mark_as_read(session, module=module, by=people.owner)
    with house.database.read() as session:
        learn = build_learn_map(session, people.owner, planned=planned.head.skills[0])
    first, second = learn.mine
    assert first.view.module.head.skills[0] is planned.head.skills[0]
    assert first.why.startswith("Goes with your practice plan: ")
    assert (second.view.slug, second.why) == (module.slug, "You have begun it.")


def test_what_was_left_out_is_gone_back_to(house: House, client: Client, people: People, module: Module) -> None:
    owner = client(people.owner)
    for number in range(2, len(module.parts) + 1):
        owner.post(f"/learn/{module.slug}/parts/{number}")
    view = view_of(house, people.owner, module)
    assert (view.go_on, view.read_at) == (1, None)


def test_a_check_is_kept_explained_and_passed_only_with_all_right(
    house: House, client: Client, people: People, module: Module
) -> None:
    owner, path = client(people.owner), f"/learn/{module.slug}/check"
    page = owner.post(path, data=wrong_answer(module))
    right = len(module.head.check) - 1
    assert f"{right} of {right + 1} right so far" in page.text
    assert page.text.count("Not there yet") == 1
    assert not view_of(house, people.owner, module).check_passed
    assert "you have passed the check" in owner.post(path, data=right_answers(module)).text
    assert "you have passed the check" in owner.get(path).text
    assert "Choose one answer" in owner.get(f"{path}?again=yes").text
    owner.post(path, data=wrong_answer(module))
    assert not view_of(house, people.owner, module).check_passed  # the last go counts


@on_sqlite
@pytest.mark.parametrize("odd", ["", "0", "9", "-1", "99999999999999999999", "one"])
def test_a_check_with_a_question_left_keeps_the_other_answers(
    house: House, client: Client, people: People, module: Module, odd: str
) -> None:
    answers = right_answers(module) | {"question-2": odd}
    page = client(people.owner).post(f"/learn/{module.slug}/check", data=answers)
    assert page.status_code == 422
    assert "Choose an answer to question 2" in page.text
    assert len(re.findall(r"<input[^>]* checked", page.text)) == len(module.head.check) - 1
    assert view_of(house, people.owner, module).last_check is None


def test_answers_to_the_questions_of_another_text_are_not_counted(
    house: House, client: Client, people: People, module: Module
) -> None:
    owner, path = client(people.owner), f"/learn/{module.slug}/check"
    assert f'name="edition" value="{module.edition}"' in owner.get(path).text
    page = owner.post(path, data=right_answers(module, edition="own 7"))
    assert page.status_code == 409
    assert "has a new text since you opened the page" in page.text
    assert view_of(house, people.owner, module).last_check is None


def test_a_module_is_complete_once_read_tried_and_checked(house: House, client: Client, people: People) -> None:
    module = next(one for one in shipped_library().modules if len(choosable(one)) >= 3)
    owner = client(people.owner)
    owner.post(f"/learn/{module.slug}/check", data=right_answers(module))
    owner.post(f"/learn/{module.slug}/read")
    first, second, third = choosable(module)[:3]
    for placed in (first, first, second):
        choose(house, people.owner, placed)
    assert view_of(house, people.owner, module).completed_at is None  # two different ones
    choose(house, people.owner, third)
    view = view_of(house, people.owner, module)
    assert view.completed_at is not None
    assert "You completed this on" in owner.get(f"/learn/{module.slug}").text
    assert "You have completed 1 of" in owner.get("/learn").text
    owner.post(f"/learn/{module.slug}/check", data=wrong_answer(module))
    assert view_of(house, people.owner, module).completed_at == view.completed_at  # it stays
    with house.database.read() as session:
        row = progress_of(session, people.owner.person_id)[module.slug]
    assert row.completed_edition == module.edition


def choosable(module: Module) -> list[Placed]:
    """Exercises that need no coder."""
    every = shipped_library().exercises.values()
    return [one for one in every if one.module is module and isinstance(one.exercise, SpotTheCode | OrderTheSummary)]


def choose(house: House, who: Actor, placed: Placed) -> None:
    """Whatever is chosen: trying counts."""
    choice = "NC" if isinstance(placed.exercise, SpotTheCode) else "1,2,3"
    with house.database.write() as session:
        keep_chosen(session, placed=placed, choice=choice, sent=Sent(uuid4(), None), by=who)
        complete_if_done(session, module=placed.module, by=who)


@on_sqlite
def test_what_somebody_learns_is_theirs_alone(house: House, client: Client, people: People, module: Module) -> None:
    owner = client(people.owner)
    owner.post(f"/learn/{module.slug}/read")
    owner.post(f"/learn/{module.slug}/check", data=right_answers(module))
    for other in (people.colleague, people.lead, people.stranger):
        assert view_of(house, other, module).started is False
        one = client(other)
        assert "You have begun it." not in one.get("/learn").text
        assert "Last time" not in one.get(f"/learn/{module.slug}").text


@on_sqlite
@pytest.mark.parametrize(
    "path", ["no-such", "no-such/check", "no-such/whole", "no-such/parts/1", "{}/parts/0", "{}/parts/99"]
)
def test_what_there_is_not(client: Client, people: People, module: Module, path: str) -> None:
    owner: PageClient = client(people.owner)
    assert owner.get(f"/learn/{path.format(module.slug)}").status_code == 404


@on_sqlite
def test_every_step_is_in_the_trail(house: House, client: Client, people: People, module: Module) -> None:
    owner = client(people.owner)
    owner.post(f"/learn/{module.slug}/parts/1")
    owner.post(f"/learn/{module.slug}/read")
    owner.post(f"/learn/{module.slug}/check", data=right_answers(module))
    with house.database.read() as session:
        rows = session.exec(select(AuditEvent).where(col(AuditEvent.subject_type) == "ModuleProgress"))
        found = [(row.action, row.details["module"]) for row in rows]
    assert found[:3] == [
        (action, module.slug) for action in ("module_part_read", "module_marked_read", "module_check_answered")
    ]


@on_sqlite
def test_every_module_is_shown_whole(client: Client, people: People) -> None:
    owner = client(people.owner)
    for module in shipped_library().modules:
        page = owner.get(f"/learn/{module.slug}/whole").text
        assert all(part.anchor in page for part in module.parts)
        assert page.count('class="evoke-turn evoke-turn--practitioner"') >= 5
