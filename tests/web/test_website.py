"""The website's own process."""

import gc
import json
import os
import subprocess
import sys
from pathlib import Path

AT_HOME = """
import gc, json
from web.website import make_app
app = make_app()
print(json.dumps({"frozen": gc.get_freeze_count(), "left": len(gc.get_objects()), "routes": len(app.routes)}))
"""


def test_what_the_application_is_made_of_is_not_looked_through_for_garbage(tmp_path: Path) -> None:
    """In a process of its own, whose objects are all of it."""
    settings = {"EVOKE_DATA_DIR": str(tmp_path), "EVOKE_DATABASE_URL": ""}
    here = gc.get_freeze_count()
    done = subprocess.run([sys.executable, "-c", AT_HOME], env=os.environ | settings, capture_output=True, check=True)
    found = json.loads(done.stdout)
    assert found["routes"] > 3
    assert found["frozen"] > 50_000
    assert found["left"] < 5_000
    assert gc.get_freeze_count() <= here, "the tests' own process is as it was"
