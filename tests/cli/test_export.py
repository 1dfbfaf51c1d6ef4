"""A record that is written out can be checked and read without techfloor."""

import csv
import hashlib
import json
import subprocess
from pathlib import Path

import pytest
from bench_work import give_all, sign, start
from flask import Flask
from plant_client import SignedInAs
from sqlalchemy import text

from techfloor.cli import export
from techfloor.cli.steps import StepError
from techfloor.imports.sheet import tidy
from techfloor.migrations.upgrade import engine_for
from techfloor.reports import spreadsheet, written_out
from techfloor.said import in_words
from techfloor.settings import Settings
from techfloor.store import db
from techfloor.store.types import canonical_json

CALIPER = ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"]


@pytest.fixture
def written(app: Flask, as_: SignedInAs, settings: Settings, tmp_path: Path) -> Path:
    """The folder of a calibration that was corrected once, signed and printed."""
    tara = as_("T", tablet=True)
    number = start(tara, "G-014", condition="damaged", damage="=HYPERLINK(1)")
    give_all(tara, number, "indication", CALIPER)
    assert sign(tara, number).status_code == 303
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return write(settings, number, tmp_path / "out")


def write(settings: Settings, number: str, to: Path) -> Path:
    with engine_for(settings.database).connect() as connection:
        return export.write(connection, settings, export.of_number(connection, number, to))


def table(file: Path) -> list[dict[str, str]]:
    """Return the lines of a CSV file."""
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.mark.clause("21 CFR 11.10(b)", "PI 041 Available")
def test_the_content_read_again_has_the_hash_that_was_signed(written: Path, settings: Settings) -> None:
    raw = (written / "content.json").read_bytes()
    signed = table(written / "signatures.csv")
    assert {row["method"] for row in signed} == {"PIN on enrolled tablet T-01"}
    assert [row["meaning"] for row in signed] == ["performed"]
    assert hashlib.sha256(raw).hexdigest() == signed[0]["content_sha256"]
    again = canonical_json(json.loads(raw))
    assert hashlib.sha256(again.encode()).hexdigest() == signed[0]["content_sha256"]


def test_the_sums_are_those_of_every_system(written: Path) -> None:
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=written, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.clause("21 CFR 11.10(b)")
def test_the_trail_has_every_value_of_the_record(written: Path, settings: Settings) -> None:
    rows = table(written / "trail.csv")
    given = [row["new"] for row in rows if (row["table"], row["column"]) == ("calibration_reading", "indication")]
    assert given == CALIPER
    assert {row["person"] for row in rows} == {"Tara Kowalski"}
    with engine_for(settings.database).connect() as connection:
        acts = connection.execute(
            text(
                "SELECT count(DISTINCT act) FROM change WHERE record = (SELECT id FROM record WHERE number = :number)"
            ),
            {"number": written.name},
        ).scalar_one()
    assert len({row["act"] for row in rows}) == acts


def test_a_sheet_takes_no_words_for_a_formula(written: Path) -> None:
    said = [row["new"] for row in table(written / "trail.csv") if row["column"] == "condition"]
    assert [in_words(each) for each in said] == ["damaged: =HYPERLINK(1)"]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        ("-0.02", "-0.02"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        (None, ""),
        ("Lehre;=1+1;x", "Lehre;'=1+1;x"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("\u200b=1+1", "'\u200b=1+1"),
        ("25.00; up; at: jaw", "25.00; up; at: jaw"),
        ("a-b; c+d", "a-b; c+d"),
    ],
)
def test_only_what_could_be_a_formula_gets_an_apostrophe(value: str | None, cell: str) -> None:
    assert spreadsheet.cell(value) == cell
    assert tidy(spreadsheet.cell(value)) == (value or "").strip()


def test_a_head_that_came_from_somebodys_file_is_no_formula_either() -> None:
    heads = ["=HYPERLINK(1)", "+cmd|' /C calc'!A0", "Code"]
    assert spreadsheet.csv_bytes(heads, [["a", "b", "c"]]).decode().splitlines() == [
        "'=HYPERLINK(1),'+cmd|' /C calc'!A0,Code",
        "a,b,c",
    ]


def test_a_name_is_one_file_name() -> None:
    assert written_out.safe_name("../../etc/passwd") == "__.._etc_passwd"


def test_what_is_not_there_or_stands_there_already_is_said(written: Path, settings: Settings) -> None:
    with pytest.raises(StepError, match=r"There is no record CAL-1"):
        write(settings, "CAL-1", written.parent)
    with pytest.raises(StepError, match="stands there already"):
        write(settings, written.name, written.parent)
