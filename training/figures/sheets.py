"""A workbook (XLSX, Office Open XML, ECMA-376) of plain tables. Pure, and light enough for the website, where a library
for all of the format would take 30 MB of memory."""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

CellValue = str | int | float | None
_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BOLD, _WRAPPED = 1, 2
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_NS}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf fontId="0"/><xf fontId="1" applyFont="1"/>'
    '<xf fontId="0" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


@dataclass(frozen=True)
class Sheet:
    """`title` is at most 31 characters, without : \\ / ? * [ ]. `widths` are of the columns, in characters. The first
    row of a `table` is its head and stays in sight; other sheets are words to read."""

    title: str
    rows: Sequence[Sequence[CellValue]]
    widths: Sequence[int]
    table: bool = True


def workbook(sheets: Sequence[Sheet]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", _types(len(sheets)))
        packed.writestr("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        packed.writestr("xl/workbook.xml", _book(sheets))
        parts = [("worksheet", f"worksheets/sheet{at}.xml") for at in range(1, len(sheets) + 1)]
        packed.writestr("xl/_rels/workbook.xml.rels", _relations([*parts, ("styles", "styles.xml")]))
        packed.writestr("xl/styles.xml", _STYLES)
        for at, sheet in enumerate(sheets, start=1):
            packed.writestr(f"xl/worksheets/sheet{at}.xml", "".join(_sheet(sheet)))
    return out.getvalue()


def _types(count: int) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    parts += [(f"/xl/worksheets/sheet{at}.xml", "worksheet") for at in range(1, count + 1)]
    said = "".join(f'<Override PartName="{part}" ContentType="{kind}.{what}+xml"/>' for part, what in parts)
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="{relations}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{said}</Types>'
    )


def _relations(targets: Iterable[tuple[str, str]]) -> str:
    said = "".join(
        f'<Relationship Id="rId{at}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{said}</Relationships>'


def _book(sheets: Sequence[Sheet]) -> str:
    said = "".join(
        f'<sheet name="{escape(sheet.title)}" sheetId="{at}" r:id="rId{at}"/>'
        for at, sheet in enumerate(sheets, start=1)
    )
    return f'{_HEAD}<workbook xmlns="{_NS}" xmlns:r="{_RELATIONS}"><sheets>{said}</sheets></workbook>'


def _sheet(sheet: Sheet) -> Iterable[str]:
    yield f'{_HEAD}<worksheet xmlns="{_NS}">'
    if sheet.table:
        yield '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" '
        yield 'state="frozen"/></sheetView></sheetViews>'
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>' for at, width in enumerate(sheet.widths, 1)
    )
    yield f"<cols>{columns}</cols><sheetData>"
    for number, row in enumerate(sheet.rows, start=1):
        style = (_BOLD if number == 1 else 0) if sheet.table else _WRAPPED
        cells = "".join(_cell(f"{column_name(at)}{number}", value, style) for at, value in enumerate(row))
        yield f'<row r="{number}">{cells}</row>'
    yield "</sheetData></worksheet>"


def _cell(place: str, value: CellValue, style: int) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        clean = escape(_NOT_XML.sub("", value))
        return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{clean}</t></is></c>'
    return f'<c r="{place}" s="{style}"><v>{value!r}</v></c>'


def column_name(at: int) -> str:
    """0 is A, 25 is Z, 26 is AA."""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
