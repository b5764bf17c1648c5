import subprocess
import sys


def test_what_pages_need_loads_no_numpy() -> None:
    light = "coding.agreement.statistic, coding.agreement.drift, coding.agreement.align"
    code = f"import sys, {light}; print('numpy' in sys.modules, 'scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
