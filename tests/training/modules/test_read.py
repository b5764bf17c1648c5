"""Modules written by people: read as meant, made safe, and every mistake told with its place."""

import re

import pytest

from coding.scheme.codes import Behaviour, ClientTalk, QuestionType, Speaker, TalkKind
from tests.training.modules.samples import EXERCISES, MODULE
from training.exercises.format import OpenTheQuestion
from training.modules.dialogue import parse_dialogue
from training.modules.fault import ContentFaulty, Fault
from training.modules.load import Library, in_map_order, shipped_library
from training.modules.markdown import Prose, render_body
from training.modules.read import Module, read_module


def _faults(module_md: str = MODULE, exercises: str = EXERCISES) -> list[Fault]:
    with pytest.raises(ContentFaulty) as refused:
        read_module("asking", module_md, exercises)
    return refused.value.faults


def test_a_module_is_read_into_sections_with_its_dialogue_as_turns() -> None:
    module = read_module("asking", MODULE, EXERCISES)
    assert [(one.anchor, one.title) for one in module.body.sections] == [
        ("s1", ""), ("s2-what-it-is", "What it is"), ("s3-how-it-sounds", "How it sounds"),
    ]  # fmt: skip
    (dialogue,) = module.dialogues
    first, second, third = dialogue.turns
    assert (first.speaker, second.speaker) == (Speaker.CLIENT, Speaker.PRACTITIONER)
    assert [(one.text, one.code, one.subtype) for one in first.utterances] == [
        ("I want to stop.", ClientTalk.CT, TalkKind.DESIRE), ("I don't know how.", ClientTalk.ST, TalkKind.ABILITY),
    ]  # fmt: skip
    assert [(one.code, one.subtype) for one in second.utterances] == [
        (Behaviour.CR, None), (Behaviour.Q, QuestionType.OPEN),
    ]  # fmt: skip
    assert second.comments == ["The reflection comes first."]
    assert third.utterances[0].code is None
    assert isinstance(module.exercises[0], OpenTheQuestion)


def test_codes_and_modules_in_the_text_are_links() -> None:
    prose = read_module("asking", MODULE, EXERCISES).parts[0].blocks[0]
    assert isinstance(prose, Prose)
    assert '<a class="govuk-link evoke-code" href="/about-the-scores#code-CR">CR</a>' in prose.html
    assert '<a href="/learn/asking" class="govuk-link">how to reflect</a>' in prose.html


@pytest.mark.parametrize("text", [
    "<script>alert(1)</script>", "a <b onclick=x>b</b>", "[a](javascript:alert(1))", "[a](http://example.org)",
    "![a](https://example.org/a.png)", "[a](data:text/html,x)", '[a](https://example.org/"onclick=alert(1))',
    "[a](//example.org)", "<https://example.org/<script>>", '```x" onclick="a\nb\n```', "`<script>`",
])  # fmt: skip
def test_no_markdown_becomes_anything_but_plain_safe_html(text: str) -> None:
    body = render_body(text)
    html = "".join(block.html for one in body.sections for block in one.blocks if isinstance(block, Prose))
    tags = re.findall(r"<(\w+)((?: [\w-]+=\"[^\"]*\")*)>", html)
    assert {name for name, _ in tags} <= {"p", "a", "pre", "code"}
    assert not re.search(r"<(?!/?(p|a|pre|code)\b)", html)
    for _, attributes in tags:
        assert set(re.findall(r" ([\w-]+)=\"", attributes)) <= {"class", "href"}
    assert all(re.match(r"https://|/", href) for href in re.findall(r'href="([^"]*)"', html))


@pytest.mark.parametrize(("was", "now", "line", "field", "what"), [
    ("minutes: 12\n", "minutes: soon\n", 6, "minutes", "whole number"),
    ("order: 1\n", "", None, "order", "is missing"),
    ("order: 1\n", "order: 1\nordre: 2\n", 8, "ordre", "not known here"),
    ("task: engaging", "task: enjoying", 4, "task", "foundations"),
    ("    answer: 1\n    why: The story", "    answer: 4\n    why: The story", 14, "check.2", "only 3 options"),
    ("title: Asking", "title: 'Asking", None, "", "not YAML"),
    ("minutes: 12\n", "minutes: 12\nminutes: 13\n", 7, "", "stands twice"),
    ("---\ntitle", "title", 1, "", "line of ---"),
    ("link: https://", "link: http://", 27, "reading.1.link", "https://"),
])  # fmt: skip
def test_a_mistake_in_the_head_is_told_with_its_line(
    was: str, now: str, line: int | None, field: str, what: str
) -> None:
    fault = _faults(MODULE.replace(was, now, 1))[0]
    assert (fault.file, fault.field) == ("module.md", field)
    assert line is None or fault.line == line
    assert what in fault.what


@pytest.mark.parametrize(("was", "now", "line", "field", "what"), [
    ("    kind: open", "    kid: open", 3, "exercises.1", "has no `kind`"),
    ("answer: CR", "answer: AF", 16, "exercises.2", "one of `options`"),
    ("question: open}", "question: wide}", 12, "exercises.1.want.question", "'open' or 'closed'"),
    ("[\"What is a usual evening like for you?\", ", "[", 14, "exercises.1.models", "at least 2 entries"),
    ("by: parent, text", "by: you, text", 2, "exercises.1", "must be the parent's"),
])  # fmt: skip
def test_a_mistake_in_an_exercise_is_told_with_its_line(was: str, now: str, line: int, field: str, what: str) -> None:
    text = EXERCISES.replace("  - kind: open", "  -\n    kind: open") if was.startswith("    kind") else EXERCISES
    assert was in text
    fault = _faults(exercises=text.replace(was, now, 1))[0]
    assert (fault.file, fault.field) == ("exercises.yaml", field)
    assert fault.line == line
    assert what in fault.what


def test_references_that_could_grow_without_end_are_refused() -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    assert "References" in _faults(exercises=bomb)[0].what


def test_faults_of_both_files_come_together() -> None:
    files = {one.file for one in _faults(MODULE.replace("order: 1\n", ""), "exercises: []")}
    assert files == {"module.md", "exercises.yaml"}


@pytest.mark.parametrize(("line", "what"), [
    ("You: Do it. [XX]", "[XX] is not a code of yours"),
    ("Parent: I will. [CR]", "[CR] is not a code of theirs"),
    ("You: Hm. [CR open]", "[CR open] is not a code"),
    ("just talk", "Begin the line with"),
    ("> alone", "no turn before it"),
    ("You: [CR]", "without words"),
])  # fmt: skip
def test_a_mistake_in_a_dialogue_is_told(line: str, what: str) -> None:
    ((number, said),) = parse_dialogue(line).faults
    assert number == 1
    assert what in said


def test_a_mistake_in_a_dialogue_has_its_line_in_the_file() -> None:
    module = read_module("asking", MODULE.replace("before? [Q open]", "before? [Q wide]"), EXERCISES)
    ((line, _),) = module.body.dialogue_faults
    in_file = module.body_line + line - 1
    assert MODULE.splitlines()[in_file - 1].startswith("You: You want this")


def _module(slug: str, task: str, order: int) -> Module:
    return read_module(
        slug, MODULE.replace("engaging", task).replace("order: 1", f"order: {order}"), EXERCISES.replace("asking", slug)
    )


def test_the_library_finds_modules_and_exercises_in_the_order_of_the_map() -> None:
    modules = [_module("b", "evoking", 1), _module("d", "engaging", 2), _module("c", "engaging", 1)]
    library = Library(in_map_order(modules))
    assert [one.slug for one in library.modules] == ["c", "d", "b"]
    placed = library.exercise("d-2")
    assert placed is not None
    assert (placed.module.slug, placed.number) == ("d", 2)
    assert library.exercise("e-1") is None
    assert library.module("e") is None


def test_what_ships_is_read_once() -> None:
    assert shipped_library() is shipped_library()


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("2026-02-31", "not what it looks like"),
        ("9" * 5000, "not what it looks like"),
        ("!!int many", "not what it looks like"),
        ("!!bool maybe", "not what it looks like"),
        ('"a\\0b"', "no text"),
        ("{[a, b]: c}", "plain text"),
    ],
)
def test_values_that_no_reader_could_make_are_faults_of_the_file(value: str, what: str) -> None:
    (fault,) = _faults(MODULE.replace("order: 1", f"order: {value}"))
    assert fault.file == "module.md"
    assert what in fault.what


def test_a_text_without_an_empty_line_is_refused_before_it_is_read() -> None:
    (fault,) = _faults(MODULE + "[[](" * 6000)
    assert fault.what.startswith("There are more than 20000 characters without an empty line")
    assert fault.line == MODULE.count("\n") + 1
