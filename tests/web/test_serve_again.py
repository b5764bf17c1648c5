"""How long `evoke serve` waits before it starts a process again."""

import os
from pathlib import Path

import pytest

from web.serve import Child


@pytest.mark.parametrize(
    ("dies", "longest"),
    [("import sys; sys.exit(1)", 10.0), ("import os; os.kill(os.getpid(), 9)", 2.0)],
    ids=["by itself", "killed"],
)
def test_who_was_killed_is_back_sooner_than_who_ends_by_itself(tmp_path: Path, dies: str, longest: float) -> None:
    (tmp_path / "short_lived.py").write_text(dies)
    child = Child("one", ["short_lived"], os.environ | {"PYTHONPATH": str(tmp_path)})
    waits = []
    for _ in range(8):
        child.restart_at = 0.0
        child.tend()  # starts it
        assert child.process is not None
        child.process.wait(30)
        child.tend()  # sees that it ended
        waits.append(child.wait)
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (0.4, longest)
