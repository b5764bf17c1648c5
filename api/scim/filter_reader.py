"""Filters and paths of SCIM read into values (RFC 7644, section 3.4.2.2 and figure 7).

The whole grammar is read. What is not of it, or longer or deeper than anybody needs, is refused as invalidFilter or,
in a path, invalidPath.
"""

import json
import re

from api.scim.attributes import ENTERPRISE_SCHEMA, GROUP_SCHEMA, USER_SCHEMA
from api.scim.filter_values import And, Compare, Filter, Has, Not, Op, Or, Path, Value
from api.scim.refused import ScimRefused, ScimType

LONGEST = 2000
DEEPEST = 12
SCHEMAS = (USER_SCHEMA, GROUP_SCHEMA, ENTERPRISE_SCHEMA)
_TOKEN = re.compile(
    r"""\s*(?:(?P<string>"(?:[^"\\]|\\.)*")|(?P<mark>[()\[\]])|(?P<word>[^\s"()\[\]]+))""", re.DOTALL
)  # fmt: skip
_NAME = re.compile(r"[A-Za-z$][\w$-]*(?:\.[A-Za-z$][\w$-]*)?")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")


class _Reader:
    def __init__(self, text: str, scim_type: ScimType) -> None:
        self.scim_type = scim_type
        if len(text) > LONGEST:
            raise self.wrong(f"It is longer than {LONGEST} characters.")
        self.tokens, at = [], 0
        text = text.rstrip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise self.wrong("A quotation mark has no partner.")
            self.tokens.append((str(found.lastgroup), str(found[found.lastgroup or 0])))
            at = found.end()
        self.at = 0

    def wrong(self, why: str) -> ScimRefused:
        what = "filter" if self.scim_type is ScimType.INVALID_FILTER else "path"
        return ScimRefused(f"This {what} cannot be read. {why}", scim_type=self.scim_type)

    def ahead(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self) -> tuple[str, str]:
        found = self.ahead()
        self.at += 1
        return found

    def word_ahead(self, word: str) -> bool:
        kind, text = self.ahead()
        return kind == "word" and text.lower() == word

    def expect(self, mark: str) -> None:
        if self.take() != ("mark", mark):
            raise self.wrong(f"Here should be {mark}")

    def either(self, depth: int) -> Filter:
        if depth > DEEPEST:
            raise self.wrong(f"It has more than {DEEPEST} brackets in each other.")
        left = self.both(depth)
        while self.word_ahead("or"):
            self.take()
            left = Or(left, self.both(depth))
        return left

    def both(self, depth: int) -> Filter:
        left = self.one(depth)
        while self.word_ahead("and"):
            self.take()
            left = And(left, self.one(depth))
        return left

    def one(self, depth: int) -> Filter:
        if self.word_ahead("not"):
            self.take()
            return Not(self.grouped(depth))
        if self.ahead() == ("mark", "("):
            return self.grouped(depth)
        path = self.path(depth)
        if path.where is not None and not path.sub:
            return Has(path)
        kind, text = self.take()
        if kind != "word" or text.lower() not in Op._value2member_map_:
            raise self.wrong(f"After {path.attribute} comes one of: {', '.join(Op)}.")
        op = Op(text.lower())
        return Compare(path, op, None if op is Op.PR else self.value())

    def grouped(self, depth: int) -> Filter:
        self.expect("(")
        inner = self.either(depth + 1)
        self.expect(")")
        return inner

    def path(self, depth: int) -> Path:
        kind, text = self.take()
        if kind != "word":
            raise self.wrong("The name of an attribute is missing.")
        schema, name = _parted(text)
        if _NAME.fullmatch(name) is None or (text.lower().startswith("urn:") and not schema):
            raise self.wrong(f"{text[:60]} is the name of no attribute.")
        attribute, _, sub = name.partition(".")
        if self.ahead() != ("mark", "[") or sub:
            return Path(attribute, sub, None, schema)
        self.take()
        where = self.either(depth + 1)
        self.expect("]")
        kind, text = self.ahead()
        if kind == "word" and text.startswith("."):
            self.take()
            if _NAME.fullmatch(text[1:]) is None or "." in text[1:]:
                raise self.wrong(f"{text[:60]} is the name of no attribute.")
            sub = text[1:]
        return Path(attribute, sub, where, schema)

    def value(self) -> Value:
        kind, text = self.take()
        try:
            if kind == "string":
                return str(json.loads(text, strict=False))
        except ValueError:
            raise self.wrong("A text in quotation marks cannot be read.") from None
        if kind == "word":
            if text.lower() in ("true", "false", "null"):
                return {"true": True, "false": False}.get(text.lower())
            if len(text) < 40 and _NUMBER.fullmatch(text):
                number = float(text) if re.search("[.eE]", text) else int(text)
                if number in (float("inf"), float("-inf")):
                    raise self.wrong("That number is too large.")
                return number
        raise self.wrong("A value is missing: a text in quotation marks, a number, true, false or null.")


def _parted(text: str) -> tuple[str, str]:
    """The schema and the name in it; no schema where it is none that is known."""
    for schema in SCHEMAS:
        if text.lower().startswith(schema.lower() + ":"):
            return schema, text[len(schema) + 1 :]
    return "", text


def read_filter(text: str) -> Filter:
    """Raises ScimRefused (invalidFilter)."""
    reader = _Reader(text, ScimType.INVALID_FILTER)
    wanted = reader.either(0)
    if reader.at < len(reader.tokens):
        raise reader.wrong(f"It goes on with {reader.ahead()[1][:60]} after its end.")
    return wanted


def read_path(text: str) -> Path:
    """Of a PATCH. Raises ScimRefused (invalidPath, or invalidFilter for what is in its brackets)."""
    reader = _Reader(text, ScimType.INVALID_PATH)
    path = reader.path(0)
    if reader.at < len(reader.tokens):
        raise reader.wrong(f"It goes on with {reader.ahead()[1][:60]} after its end.")
    return path
