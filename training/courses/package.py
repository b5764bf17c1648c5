"""A module as a SCORM 1.2 or 2004 (4th edition) package: a zip with a manifest and a thin launcher. Pure.

The launcher opens the module in Evoke, in a window of its own, and asks Evoke from time to time whether it is
completed. No module's text is in the package, so that people always read the newest, and none is lost when it leaks.
"""

import io
import json
import zipfile
from dataclasses import dataclass
from html import escape
from pathlib import Path

from models.course_package import PackageForm

LAUNCHER = Path(__file__).parent / "launcher"
FILES = ("launch.css", "launch.js")
_WHEN = (1980, 1, 1, 0, 0, 0)
_MANIFESTS = {
    PackageForm.SCORM_12: """\
<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="{identifier}" version="1.0"
  xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.imsproject.org/xsd/imscp_rootv1p1p2 imscp_rootv1p1p2.xsd
    http://www.adlnet.org/xsd/adlcp_rootv1p2 adlcp_rootv1p2.xsd">
  <metadata>
    <schema>ADL SCORM</schema>
    <schemaversion>1.2</schemaversion>
  </metadata>
  <organizations default="evoke">
    <organization identifier="evoke">
      <title>{title}</title>
      <item identifier="module" identifierref="launcher" isvisible="true">
        <title>{title}</title>
      </item>
    </organization>
  </organizations>
  <resources>
    <resource identifier="launcher" type="webcontent" adlcp:scormtype="sco" href="index.html">
{files}
    </resource>
  </resources>
</manifest>
""",
    PackageForm.SCORM_2004: """\
<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="{identifier}" version="1.0"
  xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"
  xmlns:imsss="http://www.imsglobal.org/xsd/imsss"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.imsglobal.org/xsd/imscp_v1p1 imscp_v1p1.xsd
    http://www.adlnet.org/xsd/adlcp_v1p3 adlcp_v1p3.xsd
    http://www.imsglobal.org/xsd/imsss imsss_v1p0.xsd">
  <metadata>
    <schema>ADL SCORM</schema>
    <schemaversion>2004 4th Edition</schemaversion>
  </metadata>
  <organizations default="evoke">
    <organization identifier="evoke">
      <title>{title}</title>
      <item identifier="module" identifierref="launcher" isvisible="true">
        <title>{title}</title>
        <imsss:sequencing>
          <imsss:deliveryControls completionSetByContent="true" objectiveSetByContent="true"/>
        </imsss:sequencing>
      </item>
    </organization>
  </organizations>
  <resources>
    <resource identifier="launcher" type="webcontent" adlcp:scormType="sco" href="index.html">
{files}
    </resource>
  </resources>
</manifest>
""",
}


@dataclass(frozen=True)
class Course:
    """`token` lets the package in; `site` is Evoke's address."""

    slug: str
    title: str
    summary: str
    minutes: int
    site: str
    token: str


def scorm_package(course: Course, form: PackageForm) -> bytes:
    """The zip, the same bytes for the same course. Raises KeyError for a form that is not SCORM."""
    files = {
        "imsmanifest.xml": manifest(course, form),
        "index.html": launcher_page(course),
        **{name: (LAUNCHER / name).read_text(encoding="utf-8") for name in FILES},
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(zipfile.ZipInfo(name, _WHEN), text.encode(), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def manifest(course: Course, form: PackageForm) -> str:
    files = "\n".join(f'      <file href="{name}"/>' for name in ("index.html", *FILES))
    return _MANIFESTS[form].format(identifier=escape(f"evoke-{course.slug}"), title=escape(course.title), files=files)


def launcher_page(course: Course) -> str:
    """What the learning system shows. It works from any address, and loads nothing from elsewhere."""
    opens = escape(json.dumps({"site": course.site, "token": course.token}), quote=True)
    return f"""\
<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(course.title)}</title>
<link rel="stylesheet" href="launch.css">
</head>
<body data-opens="{opens}">
<main>
<h1>{escape(course.title)}</h1>
<p>{escape(course.summary)}</p>
<p>About {course.minutes} minutes. It opens in Evoke, in a window of its own. Sign in there as you always do.</p>
<p><button type="button" id="open">Open the module</button></p>
<p id="blocked" role="alert" hidden>Your browser did not open the window. Allow pop-ups for this page and press the
button again, or <a id="link" href="#" target="_blank">open the module with this link</a>.</p>
<p id="state" role="status">Leave this page open: it tells your learning system when you have completed the module.</p>
<div id="again" hidden>
<p>Were you signed in to Evoke as somebody else?</p>
<p><button type="button" id="anew">Start again as yourself</button></p>
</div>
<noscript><p>This page needs JavaScript to tell your learning system that you have completed the module.</p></noscript>
</main>
<script src="launch.js"></script>
</body>
</html>
"""
