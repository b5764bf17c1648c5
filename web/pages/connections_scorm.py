"""Modules as packages for learning systems that know nothing newer than SCORM, and what opens them here."""

import re
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from api.access import address_of
from api.house import House, TheHouse
from models.course_package import (
    CoursePackage,
    PackageForm,
    end_packages,
    launch_of,
    make_package,
    open_package,
    openers_of,
    package_of,
    packages_of,
)
from models.errors import EvokeError, NotFound
from models.permissions import Permission, may, require
from training.cmi5.structure import FILE, Unit, cmi5_package, course_structure
from training.courses.package import Course, scorm_package
from training.modules.library import library_for, require_module
from training.modules.progress import progress_of
from web.pages.people_forms import Text
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(include_in_schema=False)
HERE = "/connections/scorm"
SHOWN = {PackageForm.SCORM_12: "SCORM 1.2", PackageForm.SCORM_2004: "SCORM 2004"}
CMI5 = "cmi5"
PROGRAMME = "programme"
"""No module's name: those that ship have others, and an authority's own are versions of them."""
_SECRET = re.compile(r"[0-9a-f]{64}")


class CourseNotForYou(EvokeError):
    """`somebody_else` opened it from the same place in the learning system."""

    status = 404
    code = "course_not_found"

    def __init__(self, *, somebody_else: bool = False) -> None:
        super().__init__(
            "This course was opened from your learning system by somebody with another account."
            if somebody_else
            else "This course does not open anything for you. Ask whoever looks after your learning system for the "
            "newest package."
        )
        self.somebody_else = somebody_else


@router.get(HERE)
def scorm_page(house: TheHouse, member: SignedInMember, done: str = "") -> Response:
    require(member.actor, Permission.EDIT_CONTENT)
    return _page(house, member, done="Packages taken so far open nothing any more." if done else "")


def _page(
    house: House, member: Member, *, done: str = "", chosen: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    with house.database.read() as session:
        modules = library_for(session, member.actor.organisation_id).modules
        taken = packages_of(session, member.actor.organisation_id)
        launches = openers_of(session, taken)
    titles = {one.slug: one.head.title for one in modules}
    return member.page(
        "connections_scorm.html", status=422 if errors else 200, modules=modules, taken=taken, titles=titles,
        choices=list(titles.items()), launches=launches, shown=SHOWN, done=done, errors=errors or {},
        forms={CMI5: "cmi5"} | {one.value: name for one, name in SHOWN.items()},
        chosen=chosen or {"module": "", "form": PackageForm.SCORM_12.value},
        hub=may(member.actor, Permission.MANAGE_SETTINGS, organisation_id=member.actor.organisation_id),
    )  # fmt: skip


@router.post(HERE)
def take(house: TheHouse, member: SignedInMember, module: Text = "", form: Text = "") -> Response:
    """The package: each of SCORM has a token of its own."""
    require(member.actor, Permission.EDIT_CONTENT)
    if module and form == CMI5:
        return see_other(f"{HERE}/cmi5/{quote(module, safe='')}.zip")
    wanted = next((one for one in SHOWN if one == form), None)
    if not module or wanted is None:
        wrong = {"module": "Choose a module"} if not module else {}
        wrong |= {"form": "Choose what your system knows"} if wanted is None else {}
        return _page(house, member, chosen={"module": module, "form": form}, errors=wrong)
    with house.database.write() as session:
        found = require_module(session, member.actor.organisation_id, module)
        token = make_package(session, module=found.slug, form=wanted, by=member.actor)
    head = found.head
    course = Course(found.slug, head.title, head.summary, head.minutes, house.settings.site, token)
    name = f"{found.slug}-{wanted.value}.zip"
    return Response(
        scorm_package(course, wanted), media_type="application/zip",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


@router.post("/connections/scorm-end")
def end(house: TheHouse, member: SignedInMember) -> Response:
    require(member.actor, Permission.EDIT_CONTENT)
    with house.database.write() as session:
        end_packages(session, by=member.actor)
    return see_other(f"{HERE}?done=yes")


@router.get(f"{HERE}/cmi5/{{name}}")
def cmi5(name: str, house: TheHouse, member: SignedInMember) -> Response:
    """For learning systems that know cmi5: `cmi5.xml`, or a zip of it, of the whole programme or of one module. It lets
    nobody in, so that it has no token."""
    require(member.actor, Permission.EDIT_CONTENT)
    slug, _, form = name.rpartition(".")
    with house.database.read() as session:
        modules = library_for(session, member.actor.organisation_id).modules
    units = [
        Unit(one.slug, one.head.title, one.head.summary, one.head.minutes)
        for one in modules if slug in (one.slug, PROGRAMME)
    ]  # fmt: skip
    if not units or form not in ("zip", "xml"):
        raise NotFound("There is no such package. It may have been taken out; see the modules that there are.")
    structure = course_structure(units, site=house.settings.site)
    named = FILE if form == "xml" else f"evoke-{slug}-cmi5.zip"
    return Response(
        structure if form == "xml" else cmi5_package(structure),
        media_type="application/xml" if form == "xml" else "application/zip",
        headers={"content-disposition": f'attachment; filename="{named}"'},
    )


@router.get("/courses/open")
def course_page(
    house: TheHouse, member: SignedInMember, package: Annotated[str, Query(max_length=200)] = "", launch: str = ""
) -> Response:  # fmt: skip
    """Asks first: from then on the learning system hears when the module is completed."""
    here = f"/courses/open?{urlencode({'package': package, 'launch': launch})}"
    try:
        found = _package(house, member, package, launch)
    except CourseNotForYou as error:
        return _refused(member, error, here)
    with house.database.read() as session:
        module = require_module(session, member.actor.organisation_id, found.module)
        known = launch_of(session, launch) is not None
        progress = progress_of(session, member.actor.person_id).get(found.module)
    return member.page(
        "course_open.html", module=module, package=package, launch=launch, here=here, known=known,
        completed_at=progress.completed_at if progress is not None else None,
    )  # fmt: skip


@router.post("/courses/open")
def open_course(house: TheHouse, member: SignedInMember, package: Text = "", launch: Text = "") -> Response:
    try:
        _package(house, member, package, launch)
    except CourseNotForYou as error:
        return _refused(member, error, f"/courses/open?{urlencode({'package': package, 'launch': launch})}")
    with house.database.write() as session:
        found = package_of(session, package)
        if found is None:
            raise CourseNotForYou
        open_package(session, package=found, secret=launch, by=member.actor)
    return see_other(f"/learn/{found.module}")


@router.get("/courses/launches/{secret}")
def how_far(secret: str, request: Request, house: TheHouse) -> Response:
    """For the launcher in the learning system, which alone knows the secret: that it was opened, and is completed. Of a
    package that was ended it hears only that."""
    house.limits.check_address(address_of(request))
    if not _SECRET.fullmatch(secret):
        raise NotFound("There is nothing at this address.")
    with house.database.read() as session:
        launch = launch_of(session, secret)
        ended = launch is not None and session.get_one(CoursePackage, launch.package_id).ended_at is not None
        progress = progress_of(session, launch.person_id).get(launch.module) if launch is not None else None
    completed = not ended and progress is not None and progress.completed_at is not None
    return JSONResponse(
        {"opened": launch is not None, "completed": completed, "ended": ended},
        headers={"access-control-allow-origin": "*"},
    )


def _package(house: House, member: Member, token: str, launch: str) -> CoursePackage:
    """Raises CourseNotForYou, also where it is another authority's."""
    with house.database.read() as session:
        found = package_of(session, token)
        known = launch_of(session, launch) if found is not None else None
    theirs = known is None or (found is not None and known.package_id == found.id)
    other = known is not None and known.person_id != member.actor.person_id
    if found is None or found.organisation_id != member.actor.organisation_id or not _SECRET.fullmatch(launch):
        raise CourseNotForYou
    if other or not theirs:
        raise CourseNotForYou(somebody_else=other and theirs)
    return found


def _refused(member: Member, error: CourseNotForYou, here: str) -> Response:
    """On a page of its own: it says who is signed in, which is often the reason."""
    return member.page("course_refused.html", status=error.status, error=error, here=here)
