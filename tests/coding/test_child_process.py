import subprocess
import sys

import pytest

from coding.child_process import end, send


def test_what_a_dead_process_was_still_to_be_sent_goes_with_it() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    process.wait()
    with pytest.raises(BrokenPipeError):
        send(process, {"do": "load"})
    end(process)
    assert process.stdin is not None
    assert process.stdin.closed
