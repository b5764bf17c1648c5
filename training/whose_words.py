"""Whose words are whose in a session, for copies of what is held about one person: decided with care, for a wrong guess
would give somebody another's words."""

from training.session_view import SessionView

SURE = 0.9
"""How sure the machine has to be of who the practitioner is; below this the page says that it is unsure too."""
UNSURE = "It is not certain which speaker is the practitioner. Say so on the session’s page, then ask for a new copy."
SEVERAL = "Several speakers are coded as practitioner, and nobody has said who is who."


def why_not_known(view: SessionView) -> str:
    """Why it is not known whose words are whose; empty where it is."""
    if view.practitioner_confidence is not None and view.practitioner_confidence < SURE:
        return UNSURE
    return SEVERAL if len(view.practitioner_labels) > 1 else ""


def other_speakers(view: SessionView) -> tuple[str, ...]:
    """Those who are not the practitioner, in the order in which they speak; none where it is not known."""
    if why_not_known(view) or not view.turns:
        return ()
    return tuple(label for label in view.speaker_labels if label not in view.practitioner_labels)
