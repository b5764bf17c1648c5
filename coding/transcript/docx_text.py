"""The words of a Word document as a stream of paragraphs and table rows.

Read straight from the XML and not through python-docx, which builds the whole document in memory, unpacks every
picture, and passes over text in content controls and tracked insertions.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import ParseError

from coding.transcript.errors import DocxBroken, DocxUnsafe

_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# Deleted text, the second copy Word keeps of a text box, and field codes are not what the document says.
_NOT_SAID = frozenset({"del", "moveFrom", "Fallback", "instrText", "delText"})


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Row:
    """One row of an outermost table; `table` numbers the tables. Tables inside a cell are part of its text."""

    table: int
    cells: tuple[str, ...]


@dataclass
class _Reader:
    """Receives the parser's events and gathers finished paragraphs and rows in `done`."""

    done: list[Paragraph | Row] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    cell: list[str] = field(default_factory=list)
    row: list[str] = field(default_factory=list)
    tables: int = 0
    table_depth: int = 0
    silent: int = 0
    in_text: bool = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if name in _NOT_SAID:
            self.silent += 1
        elif name == "t":
            self.in_text = True
        elif name in _BREAKS and not self.silent and not any(key.endswith("}pos") for key in attributes):
            self.text.append(_BREAKS[name])
        elif name == "tbl":
            self.table_depth += 1
            self.tables += self.table_depth == 1

    def data(self, text: str) -> None:
        if self.in_text and not self.silent:
            self.text.append(text)

    def end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        if name in _NOT_SAID:
            self.silent -= 1
        elif name == "t":
            self.in_text = False
        elif name == "p":
            self._end_paragraph()
        elif name == "tbl":
            self.table_depth -= 1
        elif name == "tc" and self.table_depth == 1:
            self.row.append("\n".join(self.cell).strip())
            self.cell = []
        elif name == "tr" and self.table_depth == 1:
            self.done.append(Row(self.tables, tuple(self.row)))
            self.row = []

    def close(self) -> None:
        return None

    def _end_paragraph(self) -> None:
        said, self.text = "".join(self.text), []
        if self.table_depth:
            self.cell.append(said)
        else:
            self.done.append(Paragraph(said))


def blocks_of(name: str, xml: Iterable[bytes], most_characters: int) -> Iterator[Paragraph | Row]:
    """Blocks in document order. Raises DocxUnsafe for XML that declares entities, DocxBroken for XML that is not."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import XMLParser

    reader = _Reader()
    parser = XMLParser(target=reader, forbid_dtd=True)
    characters = 0
    try:
        for chunk in xml:
            parser.feed(chunk)
            blocks, reader.done = reader.done, []
            for block in blocks:
                characters += len(block.text) if isinstance(block, Paragraph) else sum(map(len, block.cells))
                yield block
            if characters > most_characters:
                return
        parser.close()
    except DefusedXmlException:
        raise DocxUnsafe(name) from None
    except (ParseError, ValueError, LookupError):
        raise DocxBroken(name, "its text is damaged") from None
    yield from reader.done
