"""The Python client, written anew or fetched, as a module."""

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

DOCUMENT = json.loads((Path(__file__).parents[1] / "contract" / "openapi-v1.json").read_text())


def module_at(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module
