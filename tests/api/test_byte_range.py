"""Players ask for parts of a file in every form there is, and for some that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.byte_range import RangeWrong, read_range


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", None), ("bytes=0-", (0, 99)), ("bytes=0-0", (0, 0)), ("bytes=10-19", (10, 19)), ("bytes=90-500", (90, 99)),
        ("bytes=-10", (90, 99)), ("bytes=-500", (0, 99)), ("bytes = 5 - 6", (5, 6)),
        # Several parts, other units and nonsense: the whole is a right answer to each.
        ("bytes=0-1,5-6", None), ("lines=0-1", None), ("bytes=9-3", None), ("bytes=-", None), ("bytes=a-b", None),
    ],
)  # fmt: skip
def test_a_range_is_read(header: str, found: tuple[int, int] | None) -> None:
    assert read_range(header, 100) == found


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_behind_the_end_there_is_nothing(header: str) -> None:
    with pytest.raises(RangeWrong):
        read_range(header, 100)


@given(st.text(max_size=30) | st.from_regex(r"bytes=\d{0,20}-\d{0,20}"), st.integers(1, 10**12))
def test_whatever_is_asked_for_lies_in_the_file(header: str, size: int) -> None:
    try:
        found = read_range(header, size)
    except RangeWrong:
        return
    assert found is None or 0 <= found[0] <= found[1] < size
