import subprocess
import sys


def test_the_website_loads_no_science_and_no_migrations() -> None:
    """What a worker needs would double the website's memory and its start."""
    heavy = ("numpy", "scipy", "sklearn", "spacy", "faster_whisper", "av", "onnxruntime", "alembic", "mako", "pygments")
    heavy += ("statsmodels", "pandas", "openpyxl", "docx", "lxml", "urllib.request", "coding.transcript.read")
    code = f"import sys, web.app, web.website; print(*[name for name in {heavy!r} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == []
