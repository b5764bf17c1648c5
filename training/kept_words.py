"""How long a recording is kept, in the words that are read aloud before it begins."""

from collections.abc import Mapping, Sequence

from coding.retention_periods import Periods
from models.practice import SessionKind
from models.retention import Part
from training.session_lists import KIND_SHOWN

_KEPT = (
    "The recording is deleted {0} after it was written down and marked, and the words {1} after. The marks lose "
    "the name {2} after."
)


def kept_words(periods: Mapping[SessionKind, Periods], kinds: Sequence[SessionKind]) -> list[tuple[str, str]]:
    """A kind and its sentence each; one line, without the kind, where all are kept alike."""
    said = {kind: _KEPT.format(*(periods[kind].shown(part) for part in Part)) for kind in kinds}
    if len(set(said.values())) == 1:
        return [("", next(iter(said.values())))]
    return [(KIND_SHOWN[kind], sentence) for kind, sentence in said.items()]
