"""Which bytes of a file a request wants (RFC 9110, section 14)."""

import re

_ONE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})\Z")


class RangeWrong(Exception):
    """It lies behind the end of the file."""


def read_range(header: str, size: int) -> tuple[int, int] | None:
    """The first and last byte; None for the whole: where nothing, or something that is not one range, was asked for.

    Raises RangeWrong.
    """
    found = _ONE.match(header.replace(" ", ""))
    if found is None or found[0] == "bytes=-":
        return None
    begins, ends = found.groups()
    if not begins:
        first, last = max(0, size - int(ends)), size - 1
        if not int(ends):
            raise RangeWrong
    else:
        first, last = int(begins), min(int(ends), size - 1) if ends else size - 1
        if ends and int(ends) < int(begins):
            return None
    if first >= size:
        raise RangeWrong
    return first, last
