from dataclasses import fields

import pytest

from coding.scheme.authority import AuthorityDimension, AuthorityRatings
from coding.scheme.summary import GlobalRating, ScoreName


def test_ratings_are_whole_numbers_from_one_to_five() -> None:
    assert AuthorityRatings(1, 5).child_focus is None
    for wrong in (0, 6, 9):
        with pytest.raises(ValueError, match="1 to 5"):
            AuthorityRatings(child_focus=wrong)


def test_the_layer_stands_apart_from_miti() -> None:
    named = {dimension.value for dimension in AuthorityDimension}
    assert named == {field.name for field in fields(AuthorityRatings)}
    assert named.isdisjoint({*ScoreName, *GlobalRating})
