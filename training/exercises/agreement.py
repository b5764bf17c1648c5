"""What is known of how far people agree on a code, for who has just been given one."""

from collections.abc import Collection

from coding.scheme.codes import Behaviour, ClientTalk, Code

_EXPERTS = "When ten experts coded the same seven conversations (AnnoMI), "


def how_sure_people_are(codes: Collection[Code]) -> str:
    """Sources as in `coding.scheme.glossary`."""
    if any(isinstance(code, ClientTalk) for code in codes):
        return f"{_EXPERTS}they often disagreed on what was change talk and what was sustain talk (kappa about 0.47)."
    if Behaviour.CR in codes or Behaviour.SR in codes:
        return (
            f"{_EXPERTS}they agreed well on what a reflection was, and often disagreed on whether it was simple or "
            "complex (kappa about 0.5)."
        )
    if Behaviour.Q in codes:
        return f"{_EXPERTS}they agreed well on what was a question. We have no figure for open against closed ones."
    if Behaviour.EMPHASIZE in codes:
        return "Trained MITI coders agreed less well on emphasising autonomy than on most (Moyers and others, 2016)."
    if set(codes) & {*Behaviour.mi_adherent(), *Behaviour.mi_non_adherent()}:
        return (
            "In a study of trained MITI coders (Moyers and others, 2016), people agreed well on "
            "the total of such codes."
        )
    return "We have no figure of how far people agree on this code."
