"""The validation report on paper: the project's own sheet, drawn from the report and nothing else."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from techfloor.cli.validation.matrix import TITLES
from techfloor.cli.validation.reference import Computed, Outcome
from techfloor.cli.validation.report import Report, result_words
from techfloor.cli.validation.running import ClauseResult, Shown
from techfloor.reports import pdf, sheets
from techfloor.reports.press import Press
from techfloor.reports.sheets import (
    Cell,
    Column,
    Fact,
    FactColumn,
    PageWords,
    Remark,
    Row,
    Sheet,
    SignatureBox,
    Table,
    Tone,
    VerdictBox,
    VerdictLine,
)

TEMPLATE = "cli/validation.html"
TITLE = "Validation report"
_LOOK = {"passed": (Tone.PASS, "✓"), "failed": (Tone.FAIL, "✕"), "not run": (Tone.CAUTION, "!")}
PATIENCE = 600.0
"""Seconds that the drawing may take: nobody waits for it at a tablet, and the machine may be busy."""
BLANK = "\N{NO-BREAK SPACE}"
RECALLED = "citation to be checked"
"""Stands beside a source that was recalled: the number was recomputed, the printed page was not looked at."""


def render(report: Report) -> bytes:
    """Draw the report as a PDF with its data inside; raises PdfUnavailable or PdfFailed."""
    html = sheets.render_html(sheet(report), TEMPLATE, sheets.environment(str))
    data = pdf.Attachment("validation.json", report.as_json().encode(), "The report as data")
    press = Press(pdf.FONTS, pdf.STYLESHEET, timeout=PATIENCE)
    try:
        return pdf.render(html, [data], title=f"{TITLE}, techfloor {report.ground.version}", lang="en", by=press)
    finally:
        press.close()


def sheet(report: Report) -> Sheet:
    """Return the report as a sheet."""
    ground = report.ground
    when = f"{report.made_at:%d %b %Y %H:%M} UTC"
    return Sheet(
        house="techfloor",
        title=TITLE,
        qualifier=f"part only: {report.part}" if report.part else "",
        subtitle=(Fact("", f"techfloor {ground.version}"), Fact("", f"on {ground.machine}")),
        number=f"techfloor {ground.version}",
        version=when,
        language="en",
        demo="",
        verdict=_verdict(report),
        facts=_facts(report, when),
        tables=(_summary(report),),
        chart=None,
        chart_title="",
        remarks=_remarks(report),
        signatures=(
            SignatureBox("Run by", report.by or BLANK, ("Date and signature:", BLANK, BLANK)),
            SignatureBox("Accepted for use by", BLANK, ("Date and signature:", BLANK, BLANK)),
        ),
        verify_url="",
        verify_code="",
        trail=f"Program {_grouped(ground.program_sha256)}",
        footer="What each clause asks stands here in techfloor's own words",
        page_words=PageWords.of(str),
        annexes=(*_clause_tables(report), *_case_tables(report), *_annexes(report)),
        end="End of report",
    )


def _verdict(report: Report) -> VerdictBox:
    failed = len(report.failed_clauses) + len(report.failed_cases)
    tone, sign = _LOOK["failed" if failed else "passed"]
    line = VerdictLine(sign, f"{failed} failed" if failed else "Nothing failed", tone)
    return VerdictBox((line,), "of what is built", tone)


def _facts(report: Report, when: str) -> tuple[FactColumn, ...]:
    ground = report.ground
    ran = (Fact("When", when), Fact("Who", report.by or "not named"), Fact("Python", ground.python))
    on = (
        Fact("Program", code=f"SHA-256 {ground.program_sha256}"),
        Fact("Tests", code=f"SHA-256 {ground.tests_sha256}"),
        Fact("Databases", "; ".join(ground.databases)),
        Fact("System", ground.system),
    )
    return FactColumn("The run", ran), FactColumn("What it ran on", on)


def _clause_tables(report: Report) -> Iterator[Table]:
    for source, found in groupby(report.clauses, key=lambda each: each.clause.source):
        yield Table(
            TITLES.get(source, source),
            (Column("clause"), Column("what it asks"), Column("what techfloor does"), Column("result")),
            tuple(_clause_row(each) for each in found),
        )


def _case_tables(report: Report) -> Iterator[Table]:
    built = [each for each in report.cases if each.outcome is not Outcome.NOT_BUILT]
    later = [each for each in report.cases if each.outcome is Outcome.NOT_BUILT]
    if built:
        built_names = ("case", "source", "expected", "computed", "result")
        yield Table(
            "Published worked examples", tuple(map(Column, built_names)), tuple(_case_row(each) for each in built)
        )
    if later:
        names = ("case", "of", "source", "result")
        rows = (
            Row((Cell(each.case.id), Cell(each.case.area), Cell(each.case.source), _result(each.outcome.value)))
            for each in later
        )
        yield Table("Published worked examples of what is not built", tuple(map(Column, names)), tuple(rows))


def _summary(report: Report) -> Table:
    counts: dict[str, Counter[str]] = {}
    for clause in report.clauses:
        counts.setdefault(TITLES.get(clause.clause.source, ""), Counter())[result_words(clause)] += 1
    if report.cases:
        counts["Published worked examples"] = Counter(case.outcome.value for case in report.cases)
    names = ("passed", "failed", "not built", "the plant's own")
    columns = (Column("summary"), *(Column(name, align=sheets.Align.END) for name in names))
    rows = (Row((Cell(title), *(Cell(str(found[name])) for name in names))) for title, found in counts.items())
    return Table("Summary", columns, tuple(rows))


def _result(words: str) -> Cell:
    tone, sign = _LOOK.get(words, (Tone.PLAIN, ""))
    return Cell(words, tone, sign)


def _clause_row(found: ClauseResult) -> Row:
    clause = found.clause
    number = clause.id.removeprefix(clause.source).strip()
    note = f"The plant's own: {clause.plant}" if clause.plant else ""
    does = Cell(clause.does.replace("`", ""), note=note)
    return Row((Cell(number), Cell(clause.asks), does, _result(result_words(found))))


def _case_row(found: Computed) -> Row:
    case = found.case
    note = "" if case.is_read else RECALLED if case.provenance.startswith("published") else case.provenance
    computed = found.error or _values(found.values, case.expected)
    cells = (Cell(case.id), Cell(case.source, note=note), Cell(_values(case.expected, case.expected)), Cell(computed))
    return Row((*cells, _result(found.outcome.value)))


def _values(values: Mapping[str, object], like: Mapping[str, object]) -> str:
    return "; ".join(f"{name} = {_number(value, like[name])}" for name, value in values.items())


def _number(value: object, like: object) -> str:
    """Return a value with two digits more than are expected, so that one sees that it was computed."""
    if isinstance(value, Sequence) and not isinstance(value, str) and isinstance(like, Sequence):
        return ", ".join(_number(one, other) for one, other in zip(value, like, strict=False))
    if isinstance(value, float) and value != like:
        digits = sum(sign.isdigit() for sign in str(like).partition("e")[0].lstrip("-0."))
        return f"{value:.{digits + 2}g}"
    return str(value)


def _annexes(report: Report) -> Iterator[Table]:
    shown: dict[str, dict[str, Shown]] = {}
    for each in (test for clause in report.clauses for test in clause.tests):
        shown.setdefault(each.test, {})[each.database] = each
    if shown:
        databases = list(dict.fromkeys(name for found in shown.values() for name in found))
        columns = (Column("clauses"), Column("what it shows"), Column("test"), *map(Column, databases))
        yield Table("The tests", columns, tuple(_test_row(found, databases) for found in shown.values()))
    yield Table(
        "The packages",
        (Column("package"), Column("pinned"), Column("installed")),
        tuple(
            Row((Cell(each.name), Cell(each.pinned), Cell(each.found or "missing", *_differs(each.pinned, each.found))))
            for each in report.ground.packages
        ),
    )


def _test_row(found: Mapping[str, Shown], databases: Sequence[str]) -> Row:
    """Return the line of a test; one that keeps no records was run on the first database alone."""
    test = next(iter(found.values()))
    why = "; ".join(each.why for each in found.values() if each.why)
    cells = (Cell(", ".join(test.clauses)), Cell(test.sentence, note=why), Cell(test.test.partition("::")[0]))
    return Row((*cells, *(_result(found[name].result) if name in found else Cell("–") for name in databases)))


def _differs(pinned: str, found: str) -> tuple[Tone, str]:
    return (Tone.PLAIN, "") if pinned == found else _LOOK["not run"]


def _remarks(report: Report) -> tuple[Remark, ...]:
    remarks = [
        Remark("How to read it", "A clause has passed when a test that is marked with it has, and none has failed."),
        Remark("Not built", "is no failure: a later duty brings it. It must not be relied on."),
        Remark("The plant's own", "is what no program can do; the plant shows it by its own procedures."),
    ]
    if report.cases:
        words = "means that the source was recalled and the number recomputed: compare it with the printed page first."
        remarks.append(Remark(RECALLED.capitalize(), words))
    return tuple(remarks)


def _grouped(sha256: str) -> str:
    return " ".join(sha256[start : start + 4] for start in range(0, 16, 4))
