"""Many records taken away at once: what the list shows, in one archive that anybody can check, and who took it."""

import argparse
import csv
import getpass
import hashlib
import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from bench_work import give_all, sign, start
from flask import Flask
from plant_client import PlantClient, SignedInAs
from policies import new_policy
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from stages import Reach

from techfloor import clock
from techfloor.cli import export
from techfloor.cli.steps import StepError
from techfloor.migrations.upgrade import engine_for
from techfloor.places.models import Area
from techfloor.records.models import Record
from techfloor.reports import exporting, read_again, written_out
from techfloor.reports.models import ExportTaken
from techfloor.reports.written_out import Written
from techfloor.settings import Settings
from techfloor.store import db
from techfloor.store.trail import ActRow
from techfloor.store.types import canonical_json

CALIPER = ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"]


@pytest.fixture
def signed(reach: Reach, as_: SignedInAs) -> str:
    """A calibration that was signed; another is under way."""

    def made() -> str:
        tara = as_("T", tablet=True)
        number = start(tara, "G-014", condition="damaged", damage="=HYPERLINK(1)")
        give_all(tara, number, "indication", CALIPER)
        assert sign(tara, number).status_code == 303
        start(tara, "G-021")
        return number

    return reach(made)


def taken(client: PlantClient, asked: str = "") -> bytes:
    """Return the archive of what a list shows."""
    token = client.hidden(f"/calibration/{asked}", f"/calibration/export{asked}")
    answer = client.post(f"/calibration/export{asked}", data=token)
    assert answer.status_code == 303, answer.text
    archive = client.get(answer.location)
    assert archive.headers["Content-Type"] == "application/zip"
    return bytes(archive.data)


def opened(data: bytes) -> zipfile.ZipFile:
    """Open an archive."""
    return zipfile.ZipFile(io.BytesIO(data))


@pytest.mark.clause("21 CFR 11.10(b)")
def test_what_the_list_shows_is_in_the_archive_and_nothing_else(as_: SignedInAs, signed: str) -> None:
    every = opened(taken(as_("A")))
    index = list(csv.DictReader(io.StringIO(every.read("index.csv").decode())))
    assert {row["equipment"] for row in index} == {"G-014", "G-021"}
    narrowed = opened(taken(as_("Q"), "?state=in+progress"))
    assert {name.split("/")[0] for name in narrowed.namelist() if "/" in name} == {
        row["folder"] for row in index if row["state"] == "in progress"
    }
    manifest = json.loads(narrowed.read("manifest.json"))
    assert (manifest["asked"], manifest["by"], manifest["records"]) == ({"state": "in progress"}, "Quinn Bauer", 1)


def test_every_file_has_its_hash_and_every_content_is_what_was_signed(
    as_: SignedInAs, signed: str, tmp_path: Path
) -> None:
    file = tmp_path / "taken.zip"
    file.write_bytes(taken(as_("S")))
    found = read_again.check(file)
    assert (found.contents, found.problems) == (1, ())
    with zipfile.ZipFile(file) as packed:
        packed.extractall(tmp_path / "out")
        assert f"{signed}/trail.csv" in packed.namelist()
    assert read_again.check(tmp_path / "out").problems == ()
    content = tmp_path / "out" / signed / "content.json"
    assert read_again.check(content).problems == ()
    content.write_text(content.read_text("utf-8").replace("150.10", "150.00"), "utf-8")
    problems = read_again.check(tmp_path / "out").problems
    assert f"{signed}/content.json: is not what was signed" in problems
    assert f"{signed}/content.json: is not what was written out" in problems
    content.unlink()
    assert f"{signed}/content.json: is missing" in read_again.check(tmp_path / "out").problems


def test_a_sheet_takes_no_words_for_a_formula(as_: SignedInAs, signed: str) -> None:
    packed = opened(taken(as_("A")))
    for name in packed.namelist():
        if name.endswith(".csv"):
            for row in csv.reader(io.StringIO(packed.read(name).decode())):
                assert not any(cell[:1] in {"=", "@"} for cell in row), (name, row)


def test_the_trail_says_who_took_which_records_away(app: Flask, as_: SignedInAs, signed: str) -> None:
    amal = as_("A")
    taken(amal, "?state=performed")
    with app.app_context():
        line = db.session.scalars(select(ExportTaken)).one()
        assert line.asked == {"state": "performed"}
        assert line.records == [db.session.scalar(select(Record.id).where(Record.number == signed))]
        act = json.loads(db.session.scalars(select(ActRow.body).order_by(ActRow.seq.desc()).limit(1)).one())
        assert (act["action"], act["actor"]) == ("reports:records:export", line.taken_by)
    page = as_("Q").get("/trail/exports").text
    assert "Amal Haddad" in page
    assert f"1 record · State: Waiting for review · {signed}" in page


def test_an_area_is_kept_by_its_name(app: Flask, as_: SignedInAs, signed: str) -> None:
    with app.app_context():
        area = db.session.scalars(select(Area).where(Area.key == "machining")).one()
    taken(as_("Q"), f"?area={area.id}")
    with app.app_context():
        assert db.session.scalars(select(ExportTaken.asked)).one() == {"area": area.name}


def test_an_export_is_for_who_took_it(app: Flask, as_: SignedInAs, signed: str) -> None:
    amal = as_("A")
    taken(amal)
    with app.app_context():
        number = db.session.scalars(select(ExportTaken.id)).one()
    assert as_("Q").get(f"/calibration/exports/{number}.zip").status_code == 404
    assert as_("T").get(f"/calibration/exports/{number}.zip").status_code == 403


@pytest.mark.parametrize("who", ["T", "I"])
def test_who_may_not_is_not_offered_it(as_: SignedInAs, signed: str, who: str) -> None:
    client = as_(who)
    assert "Export these" not in client.get("/calibration/").text
    assert client.post("/calibration/export", data=client.hidden("/me", "/sign-out")).status_code == 403


def test_too_many_are_refused_in_words(as_: SignedInAs, signed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written_out, "MOST", 1)
    quinn = as_("Q")
    answer = quinn.post("/calibration/export", data=quinn.hidden("/calibration/", "/calibration/export"))
    assert answer.status_code == 422
    assert "These are more than 1 records. Choose a shorter time" in answer.text


def test_no_more_than_one_record_stands_in_memory() -> None:
    size, many = 1_000_000, 40

    def read(record: int) -> Iterator[tuple[str, bytes]]:
        yield "paper.pdf", hashlib.shake_256(str(record).encode()).digest(size)

    lines = [
        Written(each, {**dict.fromkeys(written_out.INDEXED, ""), "folder": f"R-{each}", "versions": 1})
        for each in range(many)
    ]
    tracemalloc.start()
    written = sum(len(piece) for piece in written_out.archive(lines, read, {}, clock.now()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert written > many * size
    assert peak < 8 * size


def test_the_command_writes_the_records_of_a_time(app: Flask, settings: Settings, signed: str, tmp_path: Path) -> None:
    day = clock.now().date()
    with engine_for(settings.database).connect() as connection:
        made = export.write(connection, settings, export.of_days(connection, "calibration", (day, day), tmp_path))
        with pytest.raises(StepError, match="No calibration was performed"):
            export.of_days(connection, "calibration", (date(2020, 1, 1), date(2020, 2, 1)), tmp_path)
    assert made.name == f"techfloor-calibration-{day}-{day}.zip"
    found = read_again.check(made)
    assert (found.contents, found.problems) == (1, ())


def test_the_command_checks_what_was_written_and_says_what_is_wrong(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def asked(*words: str) -> argparse.Namespace:
        parser = argparse.ArgumentParser()
        export.add_arguments(parser)
        return parser.parse_args([*words, "--instance", str(settings.instance)])

    with engine_for(settings.database).connect() as connection:
        folder = export.write(connection, settings, export.of_number(connection, "POL-2023-00001", tmp_path))
    assert export.run(asked("--check", str(folder))) == 0
    assert "1 contents are what was signed" in capsys.readouterr().out
    (folder / "trail.csv").write_text("nothing happened", "utf-8")
    assert export.run(asked("--check", str(folder))) == 1
    assert "trail.csv: is not what was written out" in capsys.readouterr().out
    with pytest.raises(StepError, match="There is nothing at"):
        export.run(asked("--check", str(tmp_path / "elsewhere")))
    with pytest.raises(StepError, match="Name a record"):
        export.run(asked())


Typed = Callable[..., int]


@pytest.fixture
def type_it(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Type the command, to write into the folder of the test."""
    monkeypatch.setattr(export, "instance_settings", lambda _args: settings)
    monkeypatch.setattr(getpass, "getuser", lambda: "plant-admin")
    parser = argparse.ArgumentParser()
    export.add_arguments(parser)
    return lambda *words: export.run(parser.parse_args([*words, "--into", str(tmp_path)]))


def test_the_command_as_it_is_typed_says_where_it_wrote(
    signed: str, tmp_path: Path, type_it: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    assert type_it(signed, "--from", "2020-01-01") == 0
    assert (tmp_path / signed / "content.json").exists()
    (packed,) = tmp_path.glob("*.zip")
    said = capsys.readouterr().out
    assert f"✓ {tmp_path.resolve() / signed}:" in said
    assert f"✓ {packed.resolve()}:" in said


@pytest.mark.clause("21 CFR 11.10(e)")
def test_the_trail_says_what_the_command_took_away_and_by_whose_account(
    app: Flask, as_: SignedInAs, signed: str, type_it: Typed
) -> None:
    type_it(signed)
    type_it("--from", "2026-11-01", "--to", "2026-11-30")
    with app.app_context():
        one, many = db.session.scalars(select(ExportTaken).order_by(ExportTaken.id))
        assert (one.asked, one.taken_by) == ({"account": "plant-admin"}, None)
        assert many.asked == {"since": "2026-11-01", "until": "2026-11-30", "account": "plant-admin"}
        assert one.records == [db.session.scalar(select(Record.id).where(Record.number == signed))]
        assert many.records == sorted(db.session.scalars(select(Record.id).where(Record.kind == "calibration")))
    page = as_("Q").get("/trail/exports").text
    assert f"1 record · By the command, as: plant-admin · {signed}" in page


def test_what_cannot_be_kept_in_the_trail_is_not_written_out(
    signed: str, tmp_path: Path, type_it: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fixed(*_given: object, **_named: object) -> None:
        raise OperationalError("", None, Exception("attempt to write a readonly database"))

    monkeypatch.setattr(exporting, "keep_by_command", fixed)
    with pytest.raises(StepError, match=r"Nothing was written out.*readonly"):
        type_it(signed)
    assert list(tmp_path.glob(f"{signed}*")) == []


def test_every_version_of_a_document_is_written_out(app: Flask, settings: Settings, tmp_path: Path) -> None:
    new_policy(app)
    with engine_for(settings.database).connect() as connection:
        number = connection.scalar(text("SELECT DISTINCT number FROM record WHERE kind = 'policy'"))
        folder = export.write(connection, settings, export.of_number(connection, number, tmp_path))
    assert sorted(each.name for each in folder.iterdir()) == ["SHA256SUMS", "version-1", "version-2"]
    found = read_again.check(folder)
    assert (found.contents, found.problems) == (2, ())


class TestOfTheWholeDemo:
    """The demo plant with its three years."""

    @pytest.fixture
    def with_history(self) -> bool:
        """Ask for the history."""
        return True

    @pytest.mark.clause("21 CFR 11.10(b)")
    def test_every_signed_content_read_again_is_the_same_text_with_the_same_hash(self, settings: Settings) -> None:
        with engine_for(settings.database).connect() as connection:
            rows = connection.execute(
                text(
                    "SELECT record.number, record.content_sha256, record_content.body FROM record "
                    "JOIN record_content ON record_content.record_id = record.id"
                )
            ).all()
        assert len(rows) > 100
        for number, sha256, body in rows:
            again = canonical_json(json.loads(body))
            assert hashlib.sha256(again.encode()).hexdigest() == sha256, number

    def test_a_quarter_is_written_out_and_read_again(self, settings: Settings, tmp_path: Path) -> None:
        with engine_for(settings.database).connect() as connection:
            days = (date(2026, 7, 1), date(2026, 9, 30))
            made = export.write(connection, settings, export.of_days(connection, "calibration", days, tmp_path))
        found = read_again.check(made)
        assert found.contents > 3
        assert found.problems == ()
