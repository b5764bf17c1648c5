"""What the hash of an audit row is taken over. Never change it: rows written before would not check any more."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

FIELDS = (
    "id", "at", "organisation_id", "actor_id", "action", "subject_type", "subject_id", "details", "channel", "address",
    "chain", "sequence", "previous_hash",
)  # fmt: skip
"""All of a row but the hash itself."""
SYSTEM = UUID(int=0)
"""The chain of what belongs to no organisation."""
NOTHING_BEFORE = "0" * 64
"""What the first row of a chain holds as the hash before it."""


def hash_of(values: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of a row's values, as they are in the database or in an export. The canonical form is
    JSON of FIELDS with sorted keys and without spaces, in UTF-8."""
    kept = {name: plain(values[name]) for name in FIELDS}
    canonical = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def plain(value: Any) -> Any:
    """As JSON has it: ids as text, times in UTC to the microsecond."""
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat(timespec="microseconds") if hasattr(value, "isoformat") else value
