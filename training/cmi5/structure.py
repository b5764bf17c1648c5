"""Modules as assignable units of a cmi5 course: its structure (cmi5.xml) and the zip around it. Pure.

The zip holds nothing but the structure: each unit's address is a page of Evoke, so that people always read the newest
text, and a package that leaks opens nothing to who has no account.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from training.cmi5.names import STRUCTURE, course_id, launch_address
from training.xapi.names import MODULE, Names

TITLE = "Motivational Interviewing with Evoke"
DESCRIPTION = "Short modules to read, try and check yourself on. Each opens in Evoke, in a window of its own."
FILE = "cmi5.xml"
LANGUAGE = "en-GB"
_WHEN = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Unit:
    """A module. `slug` stands in its address."""

    slug: str
    title: str
    summary: str
    minutes: int


def course_structure(units: Sequence[Unit], *, site: str) -> str:
    """cmi5.xml of a course with these units, in this order. One unit alone gives the course its name. A unit is done
    when it is completed; there is no score in it, so that none can be asked for. Raises ValueError without a unit."""
    if not units:
        raise ValueError("a course has one unit or more")
    alone = units[0] if len(units) == 1 else None
    title, about = (alone.title, alone.summary) if alone else (TITLE, DESCRIPTION)
    course = f"{course_id(site)}/{alone.slug}" if alone else course_id(site)
    return f"""\
<?xml version="1.0" encoding="UTF-8"?>
<courseStructure xmlns="{STRUCTURE}">
  <course id="{escape(course)}">
    <title>{_words(title)}</title>
    <description>{_words(about)}</description>
  </course>
{"".join(_unit(one, site) for one in units)}</courseStructure>
"""


def _unit(one: Unit, site: str) -> str:
    about = f"{one.summary} About {one.minutes} minutes."
    return f"""\
  <au id="{escape(Names(site).module(one.slug))}" moveOn="Completed" launchMethod="OwnWindow" activityType="{MODULE}">
    <title>{_words(one.title)}</title>
    <description>{_words(about)}</description>
    <url>{escape(launch_address(site, one.slug))}</url>
  </au>
"""


def _words(text: str) -> str:
    return f'<langstring lang="{LANGUAGE}">{escape(text)}</langstring>'


def cmi5_package(structure: str) -> bytes:
    """The zip, the same bytes for the same structure."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(zipfile.ZipInfo(FILE, _WHEN), structure.encode(), zipfile.ZIP_DEFLATED)
    return made.getvalue()
