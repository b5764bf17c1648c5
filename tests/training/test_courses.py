"""SCORM packages by the rules of the content packaging schemas and of SCORM's own (CAM 1.2; CAM 2004 4th edition),
written down from the specifications: names, places and numbers of elements, identifiers, and what refers to what."""

import io
import json
import zipfile
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.course_package import PackageForm
from training.courses.package import FILES, Course, launcher_page, manifest, scorm_package

COURSE = Course("affirming", "Affirming & “more” <now>", "What is “good”?", 15, "https://evoke.example.gov.uk", "t0ken")
FORMS = [PackageForm.SCORM_12, PackageForm.SCORM_2004]
CP = {
    PackageForm.SCORM_12: "{http://www.imsproject.org/xsd/imscp_rootv1p1p2}",
    PackageForm.SCORM_2004: "{http://www.imsglobal.org/xsd/imscp_v1p1}",
}
TYPE = {
    PackageForm.SCORM_12: "{http://www.adlnet.org/xsd/adlcp_rootv1p2}scormtype",
    PackageForm.SCORM_2004: "{http://www.adlnet.org/xsd/adlcp_v1p3}scormType",
}
VERSION = {PackageForm.SCORM_12: "1.2", PackageForm.SCORM_2004: "2004 4th Edition"}
SS = "{http://www.imsglobal.org/xsd/imsss}"


def parsed(course: Course, form: PackageForm) -> Any:
    return ElementTree.fromstring(manifest(course, form))


@pytest.mark.parametrize("form", FORMS)
def test_the_manifest_follows_the_schemas(form: PackageForm) -> None:
    cp, root = CP[form], parsed(COURSE, form)
    assert root.tag == f"{cp}manifest"
    assert [one.tag for one in root] == [f"{cp}metadata", f"{cp}organizations", f"{cp}resources"]
    metadata, organizations, resources = root
    assert [(one.tag, one.text) for one in metadata] == [
        (f"{cp}schema", "ADL SCORM"), (f"{cp}schemaversion", VERSION[form]),
    ]  # fmt: skip
    ids = [one.get("identifier") for one in root.iter() if one.get("identifier")]
    assert len(set(ids)) == len(ids)
    assert all(one[0].isalpha() for one in ids), "an xs:ID begins with a letter"
    (organization,) = organizations
    assert organizations.get("default") == organization.get("identifier")
    title, item = organization
    assert (title.tag, title.text) == (f"{cp}title", COURSE.title)
    (resource,) = resources
    assert item.get("identifierref") == resource.get("identifier")
    assert item[0].tag == f"{cp}title"
    assert resource.get("type") == "webcontent"
    assert resource.get(TYPE[form]) == "sco"
    files = [one.get("href") for one in resource]
    assert {one.tag for one in resource} == {f"{cp}file"}
    assert resource.get("href") in files
    if form is PackageForm.SCORM_2004:
        (controls,) = item[1]
        assert item[1].tag == f"{SS}sequencing"
        assert controls.tag == f"{SS}deliveryControls"
        assert set(controls.attrib) <= {"tracked", "completionSetByContent", "objectiveSetByContent"}


@pytest.mark.parametrize("form", FORMS)
def test_the_zip_has_the_manifest_at_its_root_and_every_file_it_names(form: PackageForm) -> None:
    made = scorm_package(COURSE, form)
    assert made == scorm_package(COURSE, form)
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        assert packed.testzip() is None
        assert packed.namelist()[0] == "imsmanifest.xml"
        named = {one.get("href") for one in parsed(COURSE, form).iter(f"{CP[form]}file")}
        assert named == set(packed.namelist()) - {"imsmanifest.xml"}
        assert set(FILES) <= named
        assert b"http" not in packed.read("launch.js"), "it asks Evoke alone, whose address is in the page"


@given(
    st.text(alphabet=st.characters(blacklist_categories=["Cc", "Cs"], blacklist_characters="\ufffe\uffff"), min_size=1)
)
def test_any_title_is_taken(title: str) -> None:
    course = Course("affirming", title, title, 15, "https://evoke.example.gov.uk", "t")
    for form in FORMS:
        assert parsed(course, form)[1][0][0].text == title
    assert "<script>" not in launcher_page(course)


def test_the_launcher_knows_where_to_go_and_holds_no_word_of_the_module() -> None:
    import html5lib

    page = html5lib.parse(launcher_page(COURSE), namespaceHTMLElements=False)
    body = page.find("body")
    assert json.loads(body.get("data-opens")) == {"site": COURSE.site, "token": COURSE.token}
    assert page.find(".//h1").text == COURSE.title
