"""What every page must be: valid HTML5, one h1, a title, labelled fields, and nothing its security policy refuses."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element

import html5lib
from html5lib.constants import E as MESSAGES

FIELDS = ("input", "select", "textarea")
UNLABELLED = ("hidden", "submit", "button", "reset", "image")
"""Input types that have no label of their own (a button's value names it)."""
MADE_ANEW = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[A-Za-z0-9_-]{43}\b")
"""Ids and secrets, other ones each time."""


def check_page(html: str, *, nonce: str | None = None) -> None:
    """Raises AssertionError with every reason found. With `nonce`, each script must carry it.

    A page that differs from one that was right in the ids and secrets alone, with the same ones equal and the same ones
    different, is not parsed again: parsing takes longer than making it.
    """
    if nonce:
        html, nonce = html.replace(nonce, "the-nonce"), "the-nonce"
    names: dict[str, str] = {}
    html = MADE_ANEW.sub(lambda found: names.setdefault(found[0], f"made-anew-{len(names)}"), html)
    wrong = _all_faults(html, nonce)
    assert not wrong, "the page is not right:\n- " + "\n- ".join(wrong)


@lru_cache(maxsize=2_000)
def _all_faults(html: str, nonce: str | None) -> tuple[str, ...]:
    return tuple(_faults(html, nonce))


def _faults(html: str, nonce: str | None) -> Iterator[str]:
    parser = html5lib.HTMLParser(html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    page: Element = parser.parse(html)
    for _, name, values in parser.errors:
        yield f"not valid HTML5: {MESSAGES[name] % values}"
    elements = [element for element in page.iter() if isinstance(element.tag, str)]
    if not page.get("lang"):
        yield "the html element has no lang"
    if not any(_text(title) for title in page.findall("./head/title")):
        yield "no title"
    headings = [element for element in elements if element.tag == "h1"]
    if len(headings) != 1:
        yield f"{len(headings)} h1 elements, not one"
    yield from (f"an empty {e.tag}" for e in elements if e.tag in ("h1", "h2", "h3", "h4") and not _name(e))
    ids = Counter(element.get("id") for element in elements if element.get("id") is not None)
    yield from (f"{count} elements have the id {name!r}" for name, count in ids.items() if count > 1)
    yield from _dangling(elements, set(ids))
    labelled = {e.get("for") for e in elements if e.tag == "label" and _text(e)}
    wrapped = {field for e in elements if e.tag == "label" and _text(e) for field in e.iter()}
    for element in elements:
        if element.tag in FIELDS and element.get("type") not in UNLABELLED:
            named = element.get("aria-label") or element.get("aria-labelledby")
            if not (named or element.get("id") in labelled or element in wrapped):
                yield f"no label for the field {element.get('name') or element.get('id')!r}"
        yield from _faults_of(element, nonce)


def _dangling(elements: list[Element], ids: set[str | None]) -> Iterator[str]:
    for element in elements:
        for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
            for wanted in (element.get(attribute) or "").split():
                if wanted not in ids:
                    yield f"{attribute} of <{element.tag}> names the id {wanted!r}, which is not there"
        href = element.get("href") or ""
        if element.tag == "a" and href.startswith("#") and href[1:] not in ids:
            yield f"a link leads to {href!r}, which is not there"


def _faults_of(element: Element, nonce: str | None) -> Iterator[str]:
    tag = element.tag
    if nonce is not None and tag == "script" and element.get("nonce") != nonce:
        yield f"a script without the nonce: {element.get('src') or _text(element)[:60]!r}"
    if tag == "style" or element.get("style") is not None:
        yield f"a style inside the page, which the security policy refuses: <{tag}>"
    yield from (f"an inline handler {name} on <{tag}>" for name in element.attrib if name.lower().startswith("on"))
    if (element.get("href") or element.get("src") or element.get("action") or "").strip().startswith("javascript:"):
        yield f"a javascript: address on <{tag}>"
    if tag == "a" and element.get("href") is not None and not _name(element):
        yield f"a link without text: {element.get('href')!r}"
    if tag == "button" and not _name(element):
        yield "a button without text"
    if tag == "img" and element.get("alt") is None:
        yield f"an image without alt: {element.get('src')!r}"


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _name(element: Element) -> str:
    images = " ".join(image.get("alt") or "" for image in element.iter("img"))
    return element.get("aria-label") or _text(element) or images.strip()
