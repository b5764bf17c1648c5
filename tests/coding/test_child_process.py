import os
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


SAYS = """
import os
from coding.child_process import stand_behind_others
os.nice({nicer})
stand_behind_others()
print(os.sched_getscheduler(0))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has it")
@pytest.mark.parametrize("nicer", [0, 10])
def test_long_work_beside_a_website_has_what_nobody_else_wants(nicer: int) -> None:
    if os.getpriority(os.PRIO_PROCESS, 0) != 0:
        pytest.skip("whoever started this has made it nicer, or less nice")
    said = subprocess.run([sys.executable, "-c", SAYS.format(nicer=nicer)], check=True, capture_output=True, text=True)
    assert int(said.stdout) == (os.SCHED_IDLE if nicer else os.SCHED_OTHER)
