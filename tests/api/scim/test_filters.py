"""The filter language: whatever is written is read back, and what is not of it is refused as such."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.scim.attributes import GROUP, USER, USER_SCHEMA
from api.scim.filter_reader import read_filter, read_path
from api.scim.filter_values import And, Compare, Filter, Has, Not, Op, Or, Path, write
from api.scim.filters import check, fits
from api.scim.refused import ScimRefused, ScimType

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,8}", fullmatch=True).filter(lambda one: one.lower() not in ("not",))
VALUES = (
    st.text(max_size=20).filter(lambda one: not any("\ud800" <= char <= "\udfff" for char in one))
    | st.booleans() | st.none() | st.integers(-(10**9), 10**9)
)  # fmt: skip
PLAIN = st.builds(Path, NAMES, NAMES | st.just(""), st.none(), st.just(USER_SCHEMA) | st.just(""))
COMPARED = st.builds(Compare, PLAIN, st.sampled_from([op for op in Op if op is not Op.PR]), VALUES) | st.builds(
    Compare, PLAIN, st.just(Op.PR), st.none()
)
FILTERS: st.SearchStrategy[Filter] = st.recursive(
    COMPARED | st.builds(Has, st.builds(Path, NAMES, st.just(""), COMPARED)),
    lambda inner: st.builds(And, inner, inner) | st.builds(Or, inner, inner) | st.builds(Not, inner),
    max_leaves=6,
)
NIA = {
    "id": "1", "userName": "Nia@Example.org", "active": True, "displayName": "Nia New",
    "emails": [{"value": "nia@example.org", "type": "work", "primary": True}], "groups": [],
    "meta": {"lastModified": "2026-03-02T10:00:00.000Z"},
}  # fmt: skip


@given(FILTERS)
def test_what_is_written_is_read_back(wanted: Filter) -> None:
    assert read_filter(write(wanted)) == wanted


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["(", ")", "[", "]", "not", "and", "or", "a", "eq", '"x"', "pr", "1"]), max_size=14).map(
        " ".join
    )
)
def test_anything_else_is_refused_as_a_filter(text: str) -> None:
    try:
        wanted = read_filter(text)
    except ScimRefused as error:
        refused = error
    else:
        assert read_filter(write(wanted)) == wanted
        return
    assert (refused.scim_type, refused.status) == (ScimType.INVALID_FILTER, 400)


@given(FILTERS)
def test_what_passes_the_check_can_be_asked(wanted: Filter) -> None:
    for kind in (USER, GROUP):
        refused = None
        try:
            check(wanted, kind)
        except ScimRefused as error:
            refused = error
        if refused is None:
            assert fits(Not(wanted), kind, NIA) is not fits(wanted, kind, NIA)
        else:
            assert refused.scim_type is ScimType.INVALID_FILTER


def test_not_binds_most_and_or_least() -> None:
    a, b, c = (Compare(Path(name), Op.PR) for name in "abc")
    assert read_filter("a pr or b pr and c pr") == Or(a, And(b, c))
    assert read_filter("not (a pr) and b pr or c pr") == Or(And(Not(a), b), c)
    assert read_filter("(A PR OR b pr) AND c pr".replace("A", "a", 1)) == And(Or(a, b), c)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('userName eq "nia@example.org"', True), ('userName eq "bo"', False), ('USERNAME EQ "NIA@EXAMPLE.ORG"', True),
        ('displayName co "a n"', True), ('displayName sw "New"', False), ('displayName ew "new"', True),
        ('id eq "1"', True), ("active eq true", True), ('active eq "False"', False), ("active ne false", True),
        ('emails[type eq "work" and value co "@example.org"]', True), ('emails[type eq "home"]', False),
        ('emails[type eq "work"].value eq "nia@example.org"', True), ('emails eq "nia@example.org"', True),
        ('emails.value ne "nia@example.org"', False), ("groups pr", False), ("externalId pr", False),
        ("externalId eq null", True), ('meta.lastModified gt "2026-03-02T09:00:00Z"', True),
        ('meta.lastModified ge "2026-03-02T11:00:00+01:00"', True), ('meta.lastModified lt "2026-03-01"', False),
        (f'{USER_SCHEMA}:userName eq "nia@example.org"', True),
    ],
)  # fmt: skip
def test_of_somebody(text: str, expected: bool) -> None:
    wanted = read_filter(text)
    check(wanted, USER)
    assert fits(wanted, USER, NIA) is expected


def test_too_long_and_too_deep() -> None:
    for text in ("a" * 2001, "(" * 50 + "a pr" + ")" * 50, 'a eq "x', "a eq 1e999", 'urn:other:User:userName eq "x"'):
        with pytest.raises(ScimRefused):
            read_filter(text)
    with pytest.raises(ScimRefused) as refused:
        read_path("name.familyName.first")
    assert refused.value.scim_type is ScimType.INVALID_PATH
