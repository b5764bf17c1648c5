"""YAML written by people: plain values only, checked against a format, with the line of everything that is wrong."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from training.modules.fault import ContentFaulty, Fault

if TYPE_CHECKING:
    from yaml import Node

M = TypeVar("M", bound=BaseModel)
_SAID = {
    "missing": "is missing. Add it.",
    "extra_forbidden": "is not known here. Check how it is spelled, or take it out.",
    "string_too_short": "is empty. Write it, or take the line out.",
    "union_tag_not_found": "has no `kind`. Say which kind of exercise it is.",
    "string_too_long": "is too long: at most {max_length} characters. Shorten it.",
    "string_pattern_mismatch": "is not as it must be: a link begins with https://, an id has small letters, digits and "
    "hyphens.",
    "too_short": "needs at least {min_length} entries, and has {actual_length}.",
    "too_long": "may have {max_length} entries, and has {actual_length}.",
    "string_type": "must be text. Put it between quotation marks.",
    "int_parsing": "must be a whole number.",
    "int_type": "must be a whole number.",
    "model_type": "must be a block of its own, with a name and a value on each line.",
    "model_attributes_type": "must be a block of its own, with a name and a value on each line.",
    "list_type": "must be a list: one “- ” a line.",
}


def read_yaml(text: str, model: type[M], *, file: str, first_line: int = 1) -> M:
    """The values of `text` as `model`. `first_line` is where `text` begins in its file.

    Raises ContentFaulty with every fault that was found.
    """
    import yaml  # not at the top: the website starts without it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        root = yaml.compose(text, Loader=loader)
        if repeats := list(_repeats(root, set())):
            raise ContentFaulty([Fault(file, what, first_line + line) for line, what in repeats])
        values = yaml.load(text, Loader=loader)  # noqa: S506  both are safe loaders
    except (ValueError, LookupError, AttributeError, TypeError) as error:  # such as the 31st of February, or `!!int x`
        raise ContentFaulty([Fault(file, "A value is not what it looks like. Put it between quotation marks, and take "
                                         "out tags that begin with !!.")]) from error  # fmt: skip
    except RecursionError as error:
        raise ContentFaulty([Fault(file, "Blocks lie too deep in each other. Take some apart.")]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or "it cannot be read"
        raise ContentFaulty(
            [Fault(file, f"This is not YAML: {what}. Check the indents, the colons and the quotation marks near it.",
                   first_line + mark.line if mark else None)]
        ) from error  # fmt: skip
    try:
        return model.model_validate(values if values is not None else {})
    except ValidationError as error:
        raise ContentFaulty([_fault(one, root, file, first_line) for one in error.errors()]) from error


def _fault(error: Any, root: "Node | None", file: str, first_line: int) -> Fault:
    path, line = _place(root, error["loc"])
    return Fault(file, _said(error), first_line + line if line is not None else None, path)


def _said(error: Any) -> str:
    context = error.get("ctx", {})
    if said := _SAID.get(error["type"]):
        return said.format(**context)
    message = str(error["msg"]).removeprefix("Value error, ").replace("Input should be", "It must be")
    return message[0].upper() + message[1:] + ("" if message.endswith(".") else ".")


def _place(root: "Node | None", loc: Sequence[int | str]) -> tuple[str, int | None]:
    """The path as it is written in the file, with entries of a list counted from 1, and the 0-based line of the last
    part that is there. The kind of an exercise, which is no place in the file, is left out."""
    node, line, path = root, root.start_mark.line if root else None, []
    for part in loc:
        children = _children(node)
        if part in children:
            line, node = children[part]
        elif "kind" in children and children["kind"][1].value == part:
            continue
        path.append(str(part + 1) if isinstance(part, int) else part)
    return ".".join(path), line


def _children(node: "Node | None") -> dict[int | str, tuple[int, "Node"]]:
    from yaml import MappingNode

    if node is None or isinstance(node.value, str):
        return {}
    if isinstance(node, MappingNode):
        return {key.value: (key.start_mark.line, value) for key, value in node.value if isinstance(key.value, str)}
    return {number: (one.start_mark.line, one) for number, one in enumerate(node.value)}


def _repeats(node: "Node | None", seen: set[int]) -> Iterator[tuple[int, str]]:
    """Names that stand twice in a block, of which YAML would drop one; and references, which could stand for more than
    any memory holds."""
    if node is None or isinstance(node.value, str):
        if node is not None and "\0" in node.value:
            yield node.start_mark.line, "There is a character in it that is no text (\\0). Take it out."
        return
    if id(node) in seen:
        yield node.start_mark.line, "References (& and *) are not read. Write the text out."
        return
    seen.add(id(node))
    names: set[str] = set()
    for one in node.value:
        key, value = one if isinstance(one, tuple) else (None, one)
        if key is not None and not isinstance(key.value, str):
            yield key.start_mark.line, "A name must be plain text. Take out the ? or the brackets before its colon."
        elif key is not None:
            if key.value in names:
                yield key.start_mark.line, f"“{key.value}” stands twice in this block. Take one out."
            names.add(key.value)
        yield from _repeats(value, seen)
