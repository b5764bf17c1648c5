"""What each rating from 1 to 5 looks like, in plain words of our own, to have at hand while rating.

The four globals follow the manual of MITI 4.2.1 in sense, not in words; the three of authority are ours and provisional
(see `coding.scheme.authority`).
"""

from coding.scheme.authority import AuthorityDimension
from coding.scheme.summary import GlobalRating

Anchors = tuple[str, str, str, str, str]
"""For 1, 2, 3, 4 and 5."""

GLOBAL_ANCHORS: dict[GlobalRating, Anchors] = {
    GlobalRating.CULTIVATING_CHANGE_TALK: (
        "Change talk goes by unheard, or is talked over.",
        "Now and then it is picked up; most chances are missed.",
        "It is often picked up, and some chances are missed.",
        "It is picked up and drawn out wherever it comes.",
        "It is drawn out, deepened and built on, again and again.",
    ),
    GlobalRating.SOFTENING_SUSTAIN_TALK: (
        "Asks for reasons to stay the same, or argues against them, so that they grow.",
        "Mostly feeds reasons to stay the same, with hardly a turn away from them.",
        "Stays with reasons to stay the same at times, and at times lets them be.",
        "Usually hears them without feeding them, and turns to something else.",
        "Takes the weight out of them with skill throughout, or never feeds them at all.",
    ),
    GlobalRating.PARTNERSHIP: (
        "Is the expert throughout: tells, decides, and leaves no room.",
        "Makes little use of what the person knows and wants.",
        "Takes the person’s ideas in when they come, and asks for few.",
        "Shares the lead: their ideas shape where the talk goes.",
        "Works as one of two experts; power is handed over on purpose, more than once.",
    ),
    GlobalRating.EMPATHY: (
        "No interest in how the person sees it.",
        "Tries at times, and often gets it wrong or stays on the surface.",
        "Tries, and understands what is said out loud.",
        "Tries often, and understands what lies behind the words.",
        "Understands deeply, beyond what was said, and shows it throughout.",
    ),
}
AUTHORITY_ANCHORS: dict[AuthorityDimension, Anchors] = {
    AuthorityDimension.PURPOSEFULNESS: (
        "Nobody could tell what the talk is for.",
        "A purpose is named once, and then lost.",
        "The purpose can be told, with long stretches away from it.",
        "The purpose is clear and the talk mostly serves it.",
        "The purpose is clear, shared and kept to, with room for what the family brings.",
    ),
    AuthorityDimension.CLARITY_ABOUT_CONCERNS: (
        "Concerns are hidden, or hinted at.",
        "Concerns are named vaguely, or softened until they are lost.",
        "The main concern is named, without what it means for the child or what comes next.",
        "Concerns are named plainly, with reasons, and heard.",
        "Concerns, reasons and what would happen are plain, and the person can say them back.",
    ),
    AuthorityDimension.CHILD_FOCUS: (
        "The child does not come up.",
        "The child is named, and nothing of their life.",
        "The child comes up where it matters, mostly in general words.",
        "The child’s days and feelings are part of the talk.",
        "The child is a person in the talk throughout, and it comes back to what they need.",
    ),
}
