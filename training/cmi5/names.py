"""The addresses (IRIs) and words of cmi5 (first edition, "Quartz") that are used here. Pure."""

STRUCTURE = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"
CATEGORY = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
MOVE_ON = "https://w3id.org/xapi/cmi5/context/categories/moveon"
SESSION_ID = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
MASTERY_SCORE = "https://w3id.org/xapi/cmi5/context/extensions/masteryscore"
LAUNCH_DATA = "LMS.LaunchData"
PREFERENCES = "cmi5LearnerPreferences"


def course_id(site: str) -> str:
    """By which the publisher names the whole programme; a module's is `training.xapi.names.Names.module`."""
    return f"{site}/xapi/activities/programme"


def launch_address(site: str, slug: str) -> str:
    return f"{site}/cmi5/modules/{slug}"
