"""`verify` names the record that is wrong, and its exit code says whether anything is; of one PDF too, offline."""

import argparse
import re
from pathlib import Path

import pytest
from bench_work import give_all, review, sign, start
from databases import Keeper, said_to
from flask import Flask
from plant_client import SignedInAs
from sqlalchemy import select, text
from stages import Reach

from techfloor.cli import verify
from techfloor.cli.steps import StepError
from techfloor.migrations.upgrade import engine_for
from techfloor.records.versions import Amendment
from techfloor.reports.models import IssuedPdf
from techfloor.settings import Settings
from techfloor.store import databases, db

CALIPER = ["0.00", "25.00", "50.05", "100.00", "150.10", "25.00"]


@pytest.fixture
def certified(reach: Reach, app: Flask, as_: SignedInAs) -> str:
    """A calibration with its certificate, by its number."""

    def made() -> str:
        tara, quinn = as_("T", tablet=True), as_("Q")
        number = start(tara, "G-014")
        give_all(tara, number, "indication", CALIPER)
        assert sign(tara, number).status_code == 303
        assert review(quinn, number).status_code == 303
        quinn.submit(f"/calibration/{number}/certificate", page=f"/calibration/{number}")
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        return number

    return reach(made)


def verified(settings: Settings, monkeypatch: pytest.MonkeyPatch, pdf: Path | None = None) -> int:
    """Type `verify`, for the whole plant or for one PDF."""
    monkeypatch.setattr(verify, "instance_settings", lambda _args: settings)
    return verify.run(argparse.Namespace(pdf=pdf))


def problems(settings: Settings) -> list[str]:
    with engine_for(settings.database).connect() as connection:
        return verify.whole(connection, settings).problems


def certificate(app: Flask, number: str) -> tuple[str, bytes]:
    """Return the hash and the bytes of a record's issued PDF."""
    with app.app_context():
        issued = select(IssuedPdf.sha256).where(IssuedPdf.file_name == f"{number}-v1.pdf")
        sha256 = db.session.scalars(issued.order_by(IssuedPdf.issue_no.desc()).limit(1)).one()
        data: bytes = app.extensions["techfloor"].blobs.get(sha256)
        db.session.remove()
    return sha256, data


def test_a_sound_plant_ends_with_0_and_a_changed_act_with_1_and_the_record_it_is_in(
    certified: str,
    settings: Settings,
    keeper: Keeper,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert verified(settings, monkeypatch) == 0
    assert "✓ Nothing is wrong." in capsys.readouterr().out
    with engine_for(keeper.master_url(settings)).connect() as connection:
        connection.exec_driver_sql(said_to(connection.dialect.name, "DROP TRIGGER tf_change_update"))
        row = text("SELECT min(change.id) FROM change JOIN record ON record.id = change.record WHERE number = :number")
        change = connection.execute(row, {"number": certified}).scalar_one()
        spaced = text("UPDATE change SET body = replace(body, '20', '21') WHERE id = :id")
        connection.execute(spaced, {"id": change})
        connection.commit()
    assert verified(settings, monkeypatch) == 1
    said = capsys.readouterr().out
    first = next(line for line in said.splitlines() if line.startswith("✕"))
    assert first.startswith(f"✕ {certified}, G-014: Act ")
    assert "was changed after it was sealed" in first


def test_a_certificate_that_is_gone_is_named_with_its_record(
    certified: str, settings: Settings, keeper: Keeper, app: Flask
) -> None:
    sha256, _ = certificate(app, certified)
    if settings.database_file:
        next(settings.blobs.rglob(sha256)).unlink()
    else:
        with engine_for(keeper.master_url(settings)).connect() as connection:
            connection.execute(text("DELETE FROM blob WHERE sha256 = :sha256"), {"sha256": sha256})
            connection.commit()
    assert problems(settings) == [
        f"{certified}, G-014: The issued PDF “{certified}-v1.pdf” is gone or was changed ({sha256})."
    ]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Amendment.CORRECTION, "✕ Version 2 has taken its place."),
        (Amendment.ENTERED_IN_ERROR, "✕ Version 2 says that it was entered in error."),
    ],
)
def test_a_paper_whose_place_another_version_took_is_not_good(
    certified: str,
    settings: Settings,
    app: Flask,
    as_: SignedInAs,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kind: Amendment,
    said: str,
) -> None:
    _, data = certificate(app, certified)
    (tmp_path / "certificate.pdf").write_bytes(data)
    tara = as_("T")
    answer = {"kind": kind.value, "reason": "150.10 was typed, the sheet says 150.05"}
    assert tara.submit(f"/calibration/{certified}/amend", answer).status_code == 303
    if kind is Amendment.CORRECTION:
        link = re.findall(
            rf'href="(/calibration/{certified}/correct/\d+)"', tara.get(f"/calibration/{certified}/check").text
        )
        given = {"indication": "150.05", "reason": "mistyped"}
        assert tara.submit(link[4], given).status_code == 303
    assert sign(tara, certified).status_code == 303
    assert verified(settings, monkeypatch, tmp_path / "certificate.pdf") == 1
    told = capsys.readouterr().out
    assert said in told
    assert f"The reason: {answer['reason']}\n" in told
    assert "The review of version 2 is still waiting." in told


def test_one_pdf_is_known_by_its_bytes_without_the_server(
    certified: str,
    settings: Settings,
    app: Flask,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, data = certificate(app, certified)
    file = tmp_path / "certificate.pdf"
    file.write_bytes(data)
    assert verified(settings, monkeypatch, file) == 0
    assert f"{certified} version 1, issue " in capsys.readouterr().out
    file.write_bytes(data + b" ")
    assert verified(settings, monkeypatch, file) == 1
    assert "was not issued here, or was changed" in capsys.readouterr().out
    with pytest.raises(StepError, match="There is no file"):
        verified(settings, monkeypatch, tmp_path / "none.pdf")


def test_a_row_of_no_record_is_told_with_whose_it_is_and_long_values_are_cut(
    certified: str, settings: Settings, keeper: Keeper
) -> None:
    with engine_for(keeper.master_url(settings)).connect() as connection:
        if connection.dialect.name == "sqlite":
            databases.of(connection).drop_triggers(connection)
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql(
            "INSERT INTO person_role (id, person_id, role) "
            "SELECT 9000, id, 'administrator' FROM person WHERE user_name = 'tara'"
        )
        connection.exec_driver_sql("UPDATE equipment SET name = 'Other' WHERE code = 'G-021'")
        connection.exec_driver_sql(
            "UPDATE record_content SET body = replace(body, 'Vernier', 'Other') "
            f"WHERE record_id = (SELECT id FROM record WHERE number = '{certified}')"
        )
        connection.commit()
    found = problems(settings)
    role = "Tara Kowalski: person_role 9000 stands in the database, but no act wrote it: role “administrator”."
    assert role in found
    assert any(each.startswith("G-021: equipment ") for each in found)
    changed = next(each for each in found if "record_content" in each and "was changed outside" in each)
    assert changed.startswith(f"{certified}, G-014: ")
    assert "Vernier" in changed
    assert "…”, is “…" in changed
    assert max(len(each) for each in found) < 500
