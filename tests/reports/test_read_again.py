"""An export whose parts do not bear each other out is not sound; what nobody can tell from it alone is said."""

import argparse
import csv
import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from bench_work import give_all, review, sign, start
from plant_client import SignedInAs

from techfloor.cli import export
from techfloor.reports import read_again
from techfloor.reports.spreadsheet import csv_bytes
from techfloor.reports.written_out import INDEX

CALIPER = ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"]


@pytest.fixture
def unpacked(as_: SignedInAs, tmp_path: Path) -> Path:
    """An archive, unpacked: a calibration with its certificate, another one amended, and one under way."""
    tara, quinn = as_("T", tablet=True), as_("Q")
    for number in ("CAL-2026-00001", "CAL-2026-00002"):
        assert start(tara, "G-014") == number
        give_all(tara, number, "indication", CALIPER)
        assert sign(tara, number).status_code == 303
    assert review(quinn, "CAL-2026-00001").status_code == 303
    again = quinn.submit(f"/calibration/{number}/amend", {"kind": "entered in error", "reason": "another gauge"})
    assert again.status_code == 303, again.text
    assert sign(quinn, number).status_code == 303
    start(tara, "G-021")
    token = quinn.hidden("/calibration/", "/calibration/export")
    archive = quinn.get(quinn.post("/calibration/export", data=token).location).data
    (tmp_path / "taken.zip").write_bytes(archive)
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        packed.extractall(tmp_path / "out")
    return tmp_path / "out"


def sums_anew(folder: Path) -> None:
    """Write every sum anew, as whoever holds the whole export can."""
    inner = [each.parent for each in folder.glob("*/SHA256SUMS")]
    for top in [*inner, *([folder] if (folder / "SHA256SUMS").exists() else [])]:
        files = sorted(each for each in top.rglob("*") if each.is_file() and each != top / "SHA256SUMS")
        lines = (f"{hashlib.sha256(each.read_bytes()).hexdigest()}  {each.relative_to(top)}\n" for each in files)
        (top / "SHA256SUMS").write_text("".join(lines), "utf-8")


def first(folder: Path) -> Path:
    """Return the folder of the first record, which has one version and a certificate."""
    return folder / "CAL-2026-00001"


def edit(file: Path, old: str, new: str) -> None:
    assert old in file.read_text("utf-8"), old
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")


def without_line(folder: Path, number: str, version: str) -> None:
    """Take a line out of the index."""
    lines = list(csv.DictReader(io.StringIO((folder / INDEX).read_text("utf-8"))))
    kept = [each for each in lines if (each["number"], each["version"]) != (number, version)]
    assert len(kept) == len(lines) - 1
    (folder / INDEX).write_bytes(csv_bytes(list(lines[0]), [list(each.values()) for each in kept]))


def counted(folder: Path, **counts: int) -> None:
    """Let the manifest count otherwise."""
    said = json.loads((folder / "manifest.json").read_text("utf-8"))
    (folder / "manifest.json").write_text(json.dumps({**said, **counts}), "utf-8")


def a_version_taken_out(folder: Path) -> None:
    shutil.rmtree(folder / "CAL-2026-00002" / "version-2")
    without_line(folder, "CAL-2026-00002", "2")
    counted(folder, versions=3)


def a_record_out_of_the_index(folder: Path) -> None:
    shutil.rmtree(first(folder))
    without_line(folder, "CAL-2026-00001", "1")


WAYS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a record is taken out": (
        lambda at: shutil.rmtree(first(at)),
        "CAL-2026-00001: stands in index.csv and is not here",
    ),
    "and out of the index": (a_record_out_of_the_index, "manifest.json: says records: 3, and index.csv has 2"),
    "a version is taken out everywhere": (
        a_version_taken_out,
        "CAL-2026-00002 version 2: all versions should be here, and it is not",
    ),
    "the index is taken out": (lambda at: (at / INDEX).unlink(), "index.csv: is missing"),
    "the manifest is taken out": (lambda at: (at / "manifest.json").unlink(), "manifest.json: is missing"),
    "a record is put in": (
        lambda at: shutil.copytree(first(at), at / "CAL-2026-00009"),
        "CAL-2026-00009: does not stand in index.csv",
    ),
    "a signer gets another name": (
        lambda at: edit(first(at) / "signatures.csv", "Tara Kowalski", "Evil Person"),
        "CAL-2026-00001/signatures.csv: does not say what trail.csv says of the signatures",
    ),
    "a content gets another value": (
        lambda at: edit(first(at) / "content.json", "150.10", "150.00"),
        "CAL-2026-00001/content.json: is not what was signed",
    ),
    "a content is taken out": (
        lambda at: (first(at) / "content.json").unlink(),
        "CAL-2026-00001/content.json: is missing",
    ),
    "the signatures are taken out": (
        lambda at: (first(at) / "signatures.csv").unlink(),
        "CAL-2026-00001/signatures.csv: is missing",
    ),
    "a certificate is taken out": (
        lambda at: next((first(at) / "pdf").iterdir()).unlink(),
        "CAL-2026-00001/pdf/issue-1: is missing, trail.csv has it",
    ),
    "a certificate is changed": (
        lambda at: next((first(at) / "pdf").iterdir()).write_bytes(b"%PDF"),
        "CAL-2026-00001/pdf/issue-1 CAL-2026-00001-v1.pdf: is not what trail.csv says",
    ),
}


def test_what_does_not_bear_the_rest_out_is_named_though_every_sum_was_made_anew(
    unpacked: Path, tmp_path: Path
) -> None:
    assert read_again.check(unpacked).problems == ()
    assert read_again.check(tmp_path / "taken.zip").problems == ()
    for number, (way, (tamper, problem)) in enumerate(WAYS.items()):
        copy = Path(shutil.copytree(unpacked, tmp_path / str(number)))
        tamper(copy)
        sums_anew(copy)
        assert problem in read_again.check(copy).problems, way


def test_a_file_that_no_sum_covers_and_sums_that_are_gone_are_named(unpacked: Path, tmp_path: Path) -> None:
    (first(unpacked) / "extra.txt").write_text("x")
    assert read_again.check(unpacked).problems == (
        "CAL-2026-00001/extra.txt: no sum covers it, it was not written out like this",
    )
    (first(unpacked) / "extra.txt").unlink()
    (unpacked / "SHA256SUMS").unlink()
    assert "SHA256SUMS: is missing" in read_again.check(unpacked).problems
    alone = Path(shutil.copytree(first(unpacked), tmp_path / "alone"))
    assert read_again.check(alone).problems == ()
    (alone / "SHA256SUMS").unlink()
    assert read_again.check(alone).problems == ("SHA256SUMS: is missing",)


def test_an_archive_without_its_index_is_none(unpacked: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "less.zip", "w") as packed:
        for name in ("content.json", "signatures.csv", "trail.csv", "SHA256SUMS"):
            packed.write(first(unpacked) / name, f"CAL-2026-00001/{name}")
    problems = read_again.check(tmp_path / "less.zip").problems
    assert {"index.csv: is missing", "manifest.json: is missing", "SHA256SUMS: is missing"} <= set(problems)


def test_the_command_says_what_a_sound_export_does_not_prove(
    unpacked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export.run(argparse.Namespace(check=unpacked)) == 0
    said = capsys.readouterr().out
    assert "✓ 3 contents are what was signed" in said
    assert read_again.NOT_PROVEN in said
    (unpacked / "manifest.json").unlink()
    assert export.run(argparse.Namespace(check=unpacked)) == 1
    assert read_again.NOT_PROVEN not in capsys.readouterr().out
