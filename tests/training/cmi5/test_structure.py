"""The course structure by the rules of its schema, with any title, and the zip around it."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.cmi5.rules import SPACE, check_structure
from training.cmi5.structure import TITLE, Unit, cmi5_package, course_structure
from training.modules.load import shipped_library

SITE = "https://evoke.example.gov.uk"
UNITS = [Unit(one.slug, one.head.title, one.head.summary, one.head.minutes) for one in shipped_library().modules]
ANY = st.text(
    alphabet=st.characters(blacklist_categories=["Cc", "Cs"], blacklist_characters="\ufffe\uffff"), min_size=1
)


def test_the_whole_programme_is_one_course_with_a_unit_for_each_module() -> None:
    root = check_structure(course_structure(UNITS, site=SITE))
    units = root.findall(f"{SPACE}au")
    assert len(units) == len(UNITS) >= 10
    assert root[0].find(f"{SPACE}title")[0].text == TITLE
    assert {one.get("moveOn") for one in units} == {"Completed"}
    assert {one.get("launchMethod") for one in units} == {"OwnWindow"}, "a frame of another site keeps no sign-in"
    assert {one.get("masteryScore") for one in units} == {None}, "no score is told"
    assert [one.find(f"{SPACE}url").text for one in units] == [f"{SITE}/cmi5/modules/{one.slug}" for one in UNITS]
    assert [one.get("id") for one in units] == [f"{SITE}/xapi/activities/modules/{one.slug}" for one in UNITS]


def test_one_module_is_a_course_of_its_own() -> None:
    root = check_structure(course_structure(UNITS[:1], site=SITE))
    assert len(root) == 2
    assert root[0].find(f"{SPACE}title")[0].text == UNITS[0].title
    assert root[0].get("id") not in {course.get("id") for course in check_structure(course_structure(UNITS, site=SITE))}


def test_a_course_of_nothing_is_none() -> None:
    with pytest.raises(ValueError, match="one unit"):
        course_structure([], site=SITE)


@given(ANY, ANY)
def test_any_title_is_taken(title: str, summary: str) -> None:
    root = check_structure(course_structure([Unit("own", title, summary, 15)], site=SITE))
    assert root[1].find(f"{SPACE}title")[0].text == title


def test_the_zip_has_the_structure_at_its_root_and_nothing_else() -> None:
    structure = course_structure(UNITS, site=SITE)
    made = cmi5_package(structure)
    assert made == cmi5_package(structure)
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == ["cmi5.xml"]
        check_structure(packed.read("cmi5.xml").decode())
