from pathlib import Path

from benchmarks.identifier_score import Marked, clear, lines_of, score
from coding.transcript.identifiers.kinds import Kind

SETS = Path(__file__).parents[4] / "benchmarks" / "identifiers"


def test_marks_are_read_and_taken_out() -> None:
    text, marks = clear("Ask {{name_given|Kay}} on {{phone|07700 900123}}.")
    assert text == "Ask Kay on 07700 900123."
    assert marks == [Marked("name_given", 4, 7), Marked("phone", 11, 23)]


def test_half_a_find_does_not_count_and_a_find_of_nothing_is_wrong(tmp_path: Path) -> None:
    said, names = tmp_path / "said.csv", tmp_path / "names.csv"
    said.write_text(
        "conversation,speaker,text\nc1,a,{{name_given|Kay Ampleforth Long}} said\nc1,a,ring {{phone|07700 900123}}\n"
        'c1,a,"I met Gaynor, {{postcode|LS1 4AP}}"\n'
    )
    names.write_text("conversation,name,role\nc1,Kay Ampleforth,child\n")
    total = score(lines_of(said, names))
    assert total.recall(["name_given"]) == 0.0  # "Long" is in the open
    assert total.recall(["phone", "postcode"]) == 1.0
    assert (total.right, total.wrong) == (3, 1)


def test_the_development_set_is_found() -> None:
    total = score(lines_of(SETS / "development_utterances.csv", SETS / "development_names.csv"))
    assert total.marked.total() > 90
    assert total.recall(list(total.marked)) >= 0.98
    assert total.precision >= 0.95


def test_dates_of_birth_are_told_from_other_dates(tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text("conversation,name,role\n")
    lines = list(lines_of(SETS / "development_births.csv", names))
    total = score(iter(lines))
    assert total.marked["date_of_birth"] > 140
    assert total.recall(["date_of_birth"]) >= 0.96
    taken = [found for line in lines for found in line.wrong() if found.kind is Kind.BIRTH_DATE]
    assert len(taken) <= 30  # of some two hundred dates that are nobody's birth
