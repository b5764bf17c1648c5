"""Conversations written out in each format, to be read back."""

import csv
import io
import json
from collections.abc import Sequence

Said = Sequence[tuple[str, str]]  # who, what


def as_csv(said: Said, *, delimiter: str = ",", transcript_id: str = "s1") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["transcript_id", "turn", "speaker", "text"])
    writer.writerows([transcript_id, number, who, what] for number, (who, what) in enumerate(said, start=1))
    return out.getvalue()


def as_text(said: Said) -> str:
    return "".join(f"{who}: {what}\n" for who, what in said)


def _clock(seconds: int, mark: str) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}{mark}000"


def as_webvtt(said: Said) -> str:
    cues = (
        f"{number}\n{_clock(number, '.')} --> {_clock(number + 1, '.')}\n<v {who}>{_escaped(what)}</v>\n"
        for number, (who, what) in enumerate(said)
    )
    return "WEBVTT\n\n" + "\n".join(cues)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def as_srt(said: Said) -> str:
    return "\n".join(
        f"{number}\n{_clock(number, ',')} --> {_clock(number + 1, ',')}\n{who}: {what}\n"
        for number, (who, what) in enumerate(said, start=1)
    )


def as_json(said: Said) -> str:
    turns = [{"speaker": who, "text": what} for who, what in said]
    return json.dumps({"sessions": [{"transcript_id": "s1", "turns": turns}]})


def as_docx(said: Said, *, table: bool = False) -> bytes:
    import docx

    document = docx.Document()
    if table:
        grid = document.add_table(rows=0, cols=2)
        for who, what in said:
            cells = grid.add_row().cells
            cells[0].text, cells[1].text = who, what
    else:
        for who, what in said:
            document.add_paragraph(f"{who}: {what}")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
