"""What processes say as they run: in plain words, or as JSON, one object a line (EVOKE_LOG_FORMAT=json).

No line holds a word of a conversation, a name, an e-mail address, a secret or a network address: who logs gives ids,
names of jobs and routes, and numbers. Of an error there is what `coding.without_words` lets through; its message never.
"""

import json
import logging
from datetime import UTC, datetime

from coding.without_words import without_words
from models.settings import Settings

FACTS = "facts"
"""The attribute of a record that holds its facts by name, as `log.info(…, extra={FACTS: {…}})` puts it there."""


def facts(**named: object) -> dict[str, dict[str, object]]:
    """For `extra`: what a program reads out of a line, beside the words for people."""
    return {FACTS: named}


class Plain(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(name)s %(message)s")

    def formatException(self, ei: object) -> str:
        error = ei[1] if isinstance(ei, tuple) else None
        return without_words(error) if error is not None else ""


class Json(logging.Formatter):
    """`at` in UTC, `level`, `logger`, `message`, then the facts, and where an error came from under `error`."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        message, _, more = record.getMessage().partition("\n")
        line["message"] = message
        line |= getattr(record, FACTS, {})
        if record.exc_info and record.exc_info[1] is not None:
            more = without_words(record.exc_info[1])
        if more:
            line["error"] = more
        return json.dumps(line, ensure_ascii=False, default=str)


def set_up_logs(settings: Settings) -> None:
    """For a process's start, once. Everything goes to standard error, the server's own lines too."""
    handler = logging.StreamHandler()
    handler.setFormatter(Json() if settings.log_format == "json" else Plain())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("evoke").setLevel(logging.INFO)
