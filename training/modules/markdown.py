"""The Markdown of a module to safe HTML in sections. Raw HTML is text, links go to https or inside Evoke."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from coding.scheme.codes import Behaviour, ClientTalk
from training.modules.dialogue import Dialogue, parse_dialogue

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_CLASSES = {
    "paragraph_open": "govuk-body",
    "bullet_list_open": "govuk-list govuk-list--bullet govuk-list--spaced",
    "ordered_list_open": "govuk-list govuk-list--number govuk-list--spaced",
    "blockquote_open": "govuk-inset-text",
    "hr": "govuk-section-break govuk-section-break--m govuk-section-break--visible",
    "link_open": "govuk-link",
}
_HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3"}
"""As they are shown: the page has an h1 of its own, and nothing goes deeper than h4."""
_CODES = frozenset(one.value for one in (*Behaviour, *ClientTalk))
_HERE = re.compile(r"^/[a-z][a-z0-9/-]*(#[\w-]+)?$")
_MODULE = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


@dataclass(frozen=True)
class Prose:
    html: Markup


Block = Prose | Dialogue


@dataclass(frozen=True)
class Section:
    """What stands below a `##`. `anchor` is unique in its module; what comes before the first `##` has the title ""."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Body:
    """`plain` is the prose without headings and dialogue, a paragraph a line, for counting. `links` are the targets of
    all links, with their line. `dialogue_faults` have lines of the body, 1-based; so has `high_headings`, the line of
    each heading above `##`."""

    sections: tuple[Section, ...]
    plain: str
    links: tuple[tuple[int, str], ...]
    dialogue_faults: tuple[tuple[int, str], ...]
    high_headings: tuple[int, ...]


def render_body(markdown: str) -> Body:
    tokens = _parser().parse(markdown)
    sections = [
        _section(title, part, number) for number, (title, part) in enumerate(_by_heading(tokens), 1) if title or part
    ]
    faults: list[tuple[int, str]] = []
    for token in tokens:
        if _is_dialogue(token):
            faults += [(_line(token) + line, what) for line, what in parse_dialogue(token.content).faults]
    return Body(
        sections=tuple(sections),
        plain="\n".join(_plain(tokens)),
        links=tuple(_links(tokens)),
        dialogue_faults=tuple(faults),
        high_headings=tuple(_line(token) for token in tokens if token.type == "heading_open" and token.tag == "h1"),
    )


def link_target(href: str) -> str:
    """The address a link leads to: the name of a module alone is its page."""
    return f"/learn/{href}" if _MODULE.match(href) else href


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # not at the top: the website starts without it

    parser = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])
    parser.validateLink = lambda url: bool(  # type: ignore[method-assign]
        url.startswith("https://") or _HERE.match(url) or _MODULE.match(url)
    )
    parser.add_render_rule("code_inline", _code_inline)
    return parser


def _code_inline(_renderer: Any, tokens: "Sequence[Token]", index: int, *_: Any) -> str:
    """A code in the text leads to its explanation."""
    content = tokens[index].content
    if content in _CODES:
        return f'<a class="govuk-link evoke-code" href="/about-the-scores#code-{content}">{content}</a>'
    return f"<code>{escape(content)}</code>"


def _by_heading(tokens: "Sequence[Token]") -> Iterator[tuple[str, list["Token"]]]:
    title, skip = "", 0
    part: list[Token] = []
    for index, token in enumerate(tokens):
        if skip:
            skip -= 1
        elif token.type == "heading_open" and token.tag in ("h1", "h2") and token.level == 0:
            yield title, part
            title, part, skip = _text(tokens[index + 1]), [], 2
        else:
            part.append(token)
    yield title, part


def _section(title: str, tokens: "list[Token]", number: int) -> Section:
    blocks: list[Block] = []
    prose: list[Token] = []
    for token in tokens:
        if _is_dialogue(token):
            blocks += [_prose(prose)] if prose else []
            blocks.append(parse_dialogue(token.content))
            prose = []
        else:
            prose.append(token)
    blocks += [_prose(prose)] if prose else []
    return Section(f"s{number}-{_slug(title)}".rstrip("-"), title, tuple(blocks))


def _prose(tokens: "list[Token]") -> Prose:
    for token in tokens:
        _dress(token)
        for child in token.children or []:
            _dress(child)
    parser = _parser()
    return Prose(Markup(parser.renderer.render(tokens, parser.options, {})))  # noqa: S704  raw HTML is off


def _dress(token: "Token") -> None:
    if name := _CLASSES.get(token.type):
        token.attrSet("class", name)
    if token.type == "link_open":
        token.attrSet("href", link_target(str(token.attrGet("href") or "")))
    if token.type in ("heading_open", "heading_close"):
        token.tag = _HEADINGS.get(token.tag, "h4")
        if token.type == "heading_open":
            token.attrSet("class", "govuk-heading-s")


def _is_dialogue(token: "Token") -> bool:
    return token.type == "fence" and token.info.strip() == "dialogue"


def _line(token: "Token") -> int:
    """1-based."""
    return token.map[0] + 1 if token.map else 1


def _text(inline: "Token") -> str:
    return "".join(child.content or (" " if "break" in child.type else "") for child in inline.children or [])


def _plain(tokens: "Sequence[Token]") -> Iterator[str]:
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "inline" and before is not None and before.type != "heading_open":
            yield _text(token)


def _links(tokens: "Sequence[Token]") -> Iterator[tuple[int, str]]:
    for token in tokens:
        for child in token.children or []:
            if child.type == "link_open":
                yield _line(token), str(child.attrGet("href") or "")


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].rstrip("-")
