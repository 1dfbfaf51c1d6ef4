"""Every clause that applies to what is built has a test that shows it, and no test names a clause that is none."""

from collections import Counter
from pathlib import Path

import pytest

from techfloor.cli.validation import clauses, matrix
from techfloor.cli.validation.clauses import Clause, Stands

TESTS = Path(__file__).parents[1]
MARKED = list(clauses.marked_tests(TESTS))
CLAUSES = clauses.clauses()

ASKED = {
    "21 CFR": [
        *(f"11.10({letter})" for letter in "abcdefghijk"),
        *("11.50(a)", "11.50(b)", "11.70", "11.100(a)", "11.100(b)", "11.100(c)"),
        *(f"11.200(a){part}" for part in ("(1)(i)", "(1)(ii)", "(2)", "(3)")),
        "11.200(b)",
        *(f"11.300({letter})" for letter in "abcde"),
        "211.188(a)",
        *(f"211.188(b)({number})" for number in range(1, 14)),
        "211.192",
        *(f"211.194({letter})" for letter in "abcde"),
    ],
    "ISO/IEC 17025": [
        *("7.5.1", "7.5.2"),
        *(f"7.8.{number}" for number in range(1, 9)),
        *(f"7.11.{number}" for number in range(1, 7)),
    ],
    "ISO 9001": ["7.1.5.2", "7.1.5.2(a)", "7.1.5.2(b)", "7.1.5.2(c)", "7.5.2", "7.5.3.1", "7.5.3.2"],
    "PI 041": [
        *("Attributable", "Legible", "Contemporaneous", "Original", "Accurate"),
        *("Complete", "Consistent", "Enduring", "Available"),
    ],
}


def shown_by(clause: str) -> list[str]:
    """Name the tests that are marked with a clause."""
    return [f"{test.file}::{test.name}" for test in MARKED if clause in test.clauses]


def test_the_list_has_every_clause_once() -> None:
    wanted = {f"{source} {number}" for source, numbers in ASKED.items() for number in numbers}
    assert Counter(clause.id for clause in CLAUSES) == Counter(wanted)


@pytest.mark.parametrize("clause", [each for each in CLAUSES if each.stands is Stands.SHOWN], ids=lambda each: each.id)
def test_a_clause_that_is_met_has_a_test_that_shows_it(clause: Clause) -> None:
    assert shown_by(clause.id) != []


def test_what_is_not_built_or_is_the_plants_own_is_shown_by_no_test() -> None:
    shown = {each.id: shown_by(each.id) for each in CLAUSES if each.stands is not Stands.SHOWN and shown_by(each.id)}
    assert shown == {}, "say in clauses.toml what is done about it now"


def test_no_test_names_a_clause_that_is_not_in_the_list() -> None:
    known = {clause.id for clause in CLAUSES}
    assert [(test.name, name) for test in MARKED for name in test.clauses if name not in known] == []


def test_what_is_left_to_the_plant_is_said() -> None:
    assert [each.id for each in CLAUSES if each.stands is Stands.PLANT and not each.plant] == []


def test_no_clause_rests_on_a_test_in_a_browser() -> None:
    """`validate` runs where no browser is."""
    assert [test.name for test in MARKED if test.file.parts[0] == "browser"] == []


def test_the_marks_are_found_in_files(tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text(
        'import pytest\n\n\n@pytest.mark.clause("A 1", "B 2")\n@pytest.mark.pages\ndef test_it_holds() -> None: ...\n',
        "utf-8",
    )
    (found,) = clauses.marked_tests(tmp_path)
    assert (found.sentence, found.clauses) == ("it holds", ("A 1", "B 2"))


def test_the_document_has_the_list_as_it_is() -> None:
    text = matrix.DOCUMENT.read_text("utf-8")
    assert matrix.between_marks(text) == matrix.written(), f"write it anew: {matrix.COMMAND}"
