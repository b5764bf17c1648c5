import pytest

from benchmarks.audit_dependencies import report

SAFE = {"name": "alembic", "version": "1.0", "vulns": []}
MENDED = {"name": "av", "version": "2.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}]}
OPEN = {"name": "numpy", "version": "3.0", "vulns": [{"id": "PYSEC-2", "fix_versions": []}]}
UNKNOWN = {"name": "ours", "skip_reason": "not found"}


@pytest.mark.parametrize(("found", "status"), [([SAFE, UNKNOWN], 0), ([SAFE, MENDED], 1), ([OPEN], 0)])
def test_a_vulnerability_that_can_be_mended_stops_and_what_is_not_known_is_said(
    found: list[dict[str, object]], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(found) == status
    said = capsys.readouterr().out
    assert ("av 2.0: PYSEC-1, mended in 2.1" in said) == (MENDED in found)
    assert ("numpy 3.0: PYSEC-2, not mended yet" in said) == (OPEN in found)
    assert ("1 could not be looked up" in said) == (UNKNOWN in found)
