"""The checks that every page of a test goes through."""

import pytest

from tests.page_checks import check_page

NONCE = "n0nce"
GOOD = (
    '<!DOCTYPE html><html lang="en"><head><title>T</title></head><body><h1>H</h1>'
    '<label for="a">A</label><input id="a"><a href="/">Home</a><script nonce="n0nce">1</script></body></html>'
)


def test_a_good_page_passes() -> None:
    check_page(GOOD, nonce=NONCE)


@pytest.mark.parametrize(
    ("was", "becomes", "reason"),
    [
        ("<!DOCTYPE html>", "", "not valid HTML5"),
        ("<h1>H</h1>", "<h1>H</h2>", "not valid HTML5"),
        (' lang="en"', "", "lang"),
        ("<title>T</title>", "<title> </title>", "no title"),
        ("<h1>H</h1>", "<h2>H</h2>", "h1"),
        ("<h1>H</h1>", "<h1>H</h1><h1>H</h1>", "h1"),
        ("<h1>H</h1>", "<h1>H</h1><h2></h2>", "empty h2"),
        ('for="a"', 'for="b"', "no label"),
        ("<h1>H</h1>", "<h1>H</h1><select name=s><option>1</option></select>", "no label for the field 's'"),
        ("<h1>H</h1>", '<h1 id="a">H</h1>', "id 'a'"),
        ('<a href="/">Home</a>', '<a href="/"></a>', "link without text"),
        ('<a href="/">Home</a>', '<a href="#gone">Home</a>', "'#gone'"),
        ('<a href="/">Home</a>', '<a href="javascript:x()">Home</a>', "javascript:"),
        ('<a href="/">Home</a>', "<button></button>", "button without text"),
        ('<a href="/">Home</a>', '<img src="/a.png">', "without alt"),
        (' nonce="n0nce"', "", "nonce"),
        (' nonce="n0nce"', ' nonce="other"', "nonce"),
        ("<h1>H</h1>", '<h1 onclick="x()">H</h1>', "inline handler"),
        ("<h1>H</h1>", '<h1 style="color: red">H</h1>', "style"),
        ("</head>", "<style>h1 {}</style></head>", "style"),
    ],
)
def test_a_bad_page_is_refused(was: str, becomes: str, reason: str) -> None:
    assert was in GOOD
    with pytest.raises(AssertionError, match=reason):
        check_page(GOOD.replace(was, becomes, 1), nonce=NONCE)
