"""The client's module, whole: how requests are sent, the types, and a method for each operation."""

from functools import cache
from importlib.resources import files
from textwrap import indent

from api.python_client.operations import Document, methods_of, operations_of
from api.python_client.types import definition_of

_IMPORT = "from typing import IO, Any, cast\n"
_MORE = "from typing import IO, Any, Literal, NotRequired, TypedDict, cast\n"


@cache
def _runtime() -> str:
    """Read, not imported: the website itself sends no requests this way."""
    text = (files("api.python_client") / "runtime.py").read_text(encoding="utf-8")
    assert _IMPORT in text
    return text.replace(_IMPORT, _MORE)


def write_client(document: Document) -> str:
    """The text of `evoke_client.py`."""
    schemas = document["components"]["schemas"]
    types = "\n\n".join(definition_of(name, schema) for name, schema in schemas.items())
    methods = "\n".join(
        indent(method, "    ") for operation in operations_of(document) for method in methods_of(document, operation)
    )
    about = '    """A method for each operation of the API, by its name."""\n\n    def __enter__(self) -> Evoke:\n'
    return f"{_runtime()}\n\n{types}\n\nclass Evoke(Caller):\n{about}        return self\n\n{methods}"
