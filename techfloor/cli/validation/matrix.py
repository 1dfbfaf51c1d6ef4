"""The matrix of clauses in docs/validation.md, written from the list: `python -m techfloor.cli.validation.matrix`."""

from itertools import groupby
from pathlib import Path

from techfloor.cli.validation.clauses import Clause, Stands, clauses

ROOT = Path(__file__).parents[3]
DOCUMENT = ROOT / "docs" / "validation.md"
COMMAND = ".venv/bin/python -m techfloor.cli.validation.matrix"
BEGIN, END = "<!-- the matrix begins -->\n", "<!-- the matrix ends -->\n"
TITLES = {
    "21 CFR": "21 CFR Parts 11 and 211",
    "ISO/IEC 17025": "ISO/IEC 17025:2017",
    "ISO 9001": "ISO 9001:2015",
    "PI 041": "PIC/S PI 041-1, ALCOA+",
}


def written() -> str:
    """Return the matrix as it stands between the marks."""
    head = "| clause | what it asks | what techfloor does |\n|---|---|---|\n"
    parts = [
        f"### {TITLES[source]}\n\n{head}" + "".join(map(_line, found))
        for source, found in groupby(clauses(), key=lambda clause: clause.source)
    ]
    return "\n" + "\n".join(parts) + "\n"


def _line(clause: Clause) -> str:
    does = clause.does
    if clause.stands is Stands.NOT_BUILT:
        does = f"*not built.* {does}"
    if clause.plant:
        does += f" **The plant's own:** {clause.plant}"
    return f"| {clause.id.removeprefix(clause.source).strip()} | {clause.asks} | {does} |\n"


def between_marks(text: str) -> str:
    """Return what stands between the marks of the document."""
    return text.partition(BEGIN)[2].partition(END)[0]


def main() -> None:
    """Write the matrix into the document."""
    text = DOCUMENT.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}{written()}{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
