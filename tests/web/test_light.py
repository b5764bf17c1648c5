import subprocess
import sys


def loaded(names: tuple[str, ...], by: str) -> list[str]:
    code = f"import sys, {by}; print(*[name for name in {names!r} if name in sys.modules])"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()


def test_the_website_loads_no_science_and_no_migrations() -> None:
    """What a worker needs would double the website's memory and its start."""
    heavy = ("numpy", "scipy", "sklearn", "spacy", "faster_whisper", "av", "onnxruntime", "alembic", "mako", "pygments")
    heavy += ("statsmodels", "pandas", "openpyxl", "docx", "lxml", "urllib.request", "coding.transcript.read")
    assert loaded(heavy, "web.app, web.website") == []


def test_a_worker_loads_nothing_that_answers_requests() -> None:
    """All that waits stands still until a worker that died has started again."""
    assert loaded(("fastapi", "starlette", "email_validator", "faster_whisper"), "web.worker_process") == []
