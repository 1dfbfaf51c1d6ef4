"""The dry run: what each row of a sheet would do, and what is refused with which words; it reads only."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from techfloor.imports.matching import Matching, title_of
from techfloor.imports.sheet import Row, Sheet
from techfloor.refusals import Refusal
from techfloor.web.forms import refusal_text
from techfloor.web.importing import COMMA, Column, Deed, Importer, Plan, Planned


@dataclass(frozen=True)
class Line:
    """One row with what it would do, or what refuses it: the first problem, and those that it hides."""

    row: Row
    deed: Deed
    code: str
    planned: Planned | None = None
    problem: Refusal | None = None
    others: tuple[Refusal, ...] = ()
    said: frozenset[str] = frozenset()
    """The columns that the file has."""

    def do(self, run_id: int) -> None:
        """Do it as part of an import, in the act under way; a refusal says which row it is."""
        assert self.planned is not None
        try:
            self.planned.do(run_id)
        except Refusal as no:
            words = refusal_text(no)
            sentence = "Row %(row)s, %(code)s: %(words)s"
            raise Refusal(sentence, row=self.row.number, code=self.code, words=words) from None

    @property
    def kept(self) -> dict[str, Any]:
        """What is kept of it, in no language: `Told` reads it."""
        no, planned = self.problem, self.planned
        return {
            "row": self.row.number,
            "code": self.code,
            "deed": self.deed.value,
            "url": planned.url if planned else "",
            "changes": [[each.column, each.before, each.after] for each in planned.differences] if planned else [],
            "problems": [self._problem(each) for each in ((no, *self.others) if no else ())],
        }

    def _problem(self, no: Refusal) -> dict[str, Any]:
        """Return a refusal as it is kept; `lacking` where it is about a column that the file lacks."""
        return {
            "column": no.field,
            "lacking": bool(no.field) and no.field not in self.said,
            "sentence": no.sentence,
            "parameters": {name: str(value) for name, value in no.parameters.items()},
        }


@dataclass(frozen=True)
class DryRun:
    """What a file would do, row by row."""

    lines: tuple[Line, ...]

    def of(self, *deeds: Deed) -> list[Line]:
        """Return the rows that would do one of these."""
        return [line for line in self.lines if line.deed in deeds]

    @property
    def good(self) -> list[Line]:
        """The rows that would do something."""
        return self.of(Deed.NEW, Deed.CHANGED)

    @property
    def counts(self) -> Counter[str]:
        """How many rows would do what."""
        return Counter(line.deed.value for line in self.lines)

    @property
    def does_something(self) -> bool:
        """Whether anything would be kept."""
        return bool(self.good)

    @property
    def digest(self) -> str:
        """The hash of what was shown, by which it is told that nothing has changed since."""
        return hashlib.sha256(json.dumps([line.kept for line in self.lines]).encode()).hexdigest()


def dry_run(importer: Importer, sheet: Sheet, matching: Matching) -> DryRun:
    """Say what each row would do; what stood in a row above is refused."""
    said = [_values(row, matching, comma=sheet.decimal_comma) for row in sheet.rows]
    plan = importer.begin(_codes(importer, said))
    columns = {key: importer.column(key) for key in matching.values()}
    return DryRun(tuple(_lines(importer, plan, sheet, said, columns)))


def codes(importer: Importer, sheet: Sheet, matching: Matching) -> set[str]:
    """Return the codes that stand in a file, as they are typed and in capitals and small letters."""
    return _codes(importer, [_values(row, matching, comma=sheet.decimal_comma) for row in sheet.rows])


def _codes(importer: Importer, said: list[dict[str, str]]) -> set[str]:
    typed = {values.get(importer.code, "").strip() for values in said}
    return {form for code in typed if code for form in (code, code.upper(), code.lower())}


def _values(row: Row, matching: Matching, *, comma: bool) -> dict[str, str]:
    found = {key: row.cells[place] for place, key in matching.items()}
    return found | ({COMMA: "yes"} if comma else {})


def _lines(
    importer: Importer, plan: Plan, sheet: Sheet, said: list[dict[str, str]], columns: Mapping[str, Column]
) -> Iterator[Line]:
    first: dict[str, int] = {}
    for row, values in zip(sheet.rows, said, strict=True):
        code = values.get(importer.code, "")
        above = row.number if importer.several else first.setdefault(code.casefold(), row.number)
        try:
            _check_row(row, importer.code, code, above)
            for key, column in columns.items():
                column.check(values[key], key)
            planned = plan(values)
            if importer.several:
                above = first.setdefault(planned.key.casefold(), row.number)
                _check_row(row, importer.code, planned.key, above)
        except Refusal as no:
            others = _hidden_by(no, plan, values) if row.problem is None and above == row.number else ()
            yield Line(row, Deed.REFUSED, code, problem=no, others=tuple(others), said=frozenset(values))
        else:
            yield Line(row, planned.deed, planned.code, planned)


def _hidden_by(no: Refusal, plan: Plan, values: Mapping[str, str]) -> Iterator[Refusal]:
    """Yield what else refuses a row: what is wrong once the cell that was refused says nothing, and so on.

    What must not be empty is refused a second time, and ends it: what follows from that is no error of the file.
    """
    rest, seen = dict(values), {str(no.field)}
    while no.field in rest:
        rest[no.field] = ""
        try:
            plan(rest)
        except Refusal as more:
            if str(more.field) in seen:
                return
            yield more
            seen.add(str(more.field))
            no = more
        else:
            return


def _check_row(row: Row, column: str, known_by: str, above: int) -> None:
    if row.problem is not None:
        raise row.problem
    if known_by and above != row.number:
        raise Refusal("“%(code)s” stands in row %(row)s already.", field=column, code=known_by, row=above)


@dataclass(frozen=True)
class Told:
    """A row as it is told on a page: of a dry run, or of what was brought in."""

    row: int
    code: str
    deed: str
    url: str
    words: str
    changes: tuple[tuple[str, str, str], ...]


def told(importer: Importer, kept: Mapping[str, Any]) -> Told:
    """Put what is kept of a row into the reader's language."""
    changes = tuple((title_of(importer, column), before, after) for column, before, after in kept["changes"])
    words = " ".join(_words(importer, problem) for problem in kept["problems"])
    return Told(kept["row"], kept["code"], kept["deed"], kept["url"], words, changes)


def _words(importer: Importer, kept: Mapping[str, Any]) -> str:
    """Say a problem with the column it is about."""
    said = refusal_text(Refusal(kept["sentence"], **kept["parameters"]))
    if kept["column"] not in importer.keys(max(each.most for each in importer.columns)):
        return said
    where = title_of(importer, kept["column"])
    if kept["lacking"]:
        return str(gettext("%(column)s, which the file lacks: %(words)s", column=where, words=said))
    return f"{where}: {said}"
