"""The doctor says what is wrong, and finds it: each thing is broken here once."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from databases import Keeper
from flask import Flask

from techfloor import clock, store
from techfloor.cli import backup, doctor, prepare, system
from techfloor.cli.doctor import CAUTION, WRONG
from techfloor.cli.steps import StepError
from techfloor.migrations.upgrade import engine_for
from techfloor.places.models import Area
from techfloor.settings import Settings
from techfloor.store import blobs, db


def found(settings: Settings, mark: str) -> str:
    """Return the sentences of one mark, a line each."""
    return "\n".join(finding.words for finding in doctor.look(settings) if finding.mark == mark)


def test_a_sound_instance_has_nothing_wrong(app: Flask, settings: Settings) -> None:
    wrong = found(settings, WRONG)
    assert [line for line in wrong.splitlines() if "is off on the server" not in line] == []


def test_a_folder_that_others_can_look_into_is_told(settings: Settings) -> None:
    settings.instance.chmod(0o700)
    assert "Others on this machine" not in found(settings, CAUTION)
    settings.instance.chmod(0o755)
    assert "Others on this machine can look into" in found(settings, CAUTION)


def key_for_all(settings: Settings) -> None:
    (settings.instance / "secret.key").chmod(0o644)


def short_key(settings: Settings) -> None:
    (settings.instance / "secret.key").write_bytes(b"short")


@pytest.mark.parametrize(("spoil", "words"), [(key_for_all, "Others can read"), (short_key, "secret.key is too short")])
def test_a_secret_key_that_is_none_is_told(
    app: Flask, settings: Settings, spoil: Callable[[Settings], None], words: str
) -> None:
    spoil(settings)
    assert words in found(settings, WRONG)


ELSEWHERE = "postgresql://app:secret@db.plant.example:5432/techfloor"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"database_url": ELSEWHERE}, "Nobody checks that db.plant.example of database_url is"),
        ({"database_owner_url": f"{ELSEWHERE}?sslmode=require"}, "db.plant.example of database_owner_url"),
        ({"database_url": "postgresql://app@first:5432,localhost,second/plant"}, "that first, second of"),
        ({"database_url": "postgresql:///plant?host=first:5432&host=/run/postgresql"}, "that first of"),
        ({"public_url": "http://plant.example"}, "Browsers reach http://plant.example without TLS"),
        ({"public_url": "https://plant.example"}, "Set secure_cookies"),
    ],
)
def test_a_way_through_the_network_that_is_open_is_told(tmp_path: Path, said: dict[str, Any], words: str) -> None:
    (told,) = doctor._network(Settings(tmp_path, **said))
    assert told.mark == CAUTION
    assert words in told.words


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"database_url": f"{ELSEWHERE}?sslmode=verify-full"},
        {"database_url": "postgresql://app@127.0.0.1:5432/plant", "public_url": "http://localhost:8080"},
        {"database_url": "postgresql:///plant?host=/run/postgresql"},
        {"public_url": "https://plant.example", "secure_cookies": True},
    ],
)
def test_a_way_that_is_closed_or_leads_nowhere_is_not_told(tmp_path: Path, said: dict[str, Any]) -> None:
    assert list(doctor._network(Settings(tmp_path, **said))) == []


def test_a_plant_without_an_address_is_told_before_its_first_label(tmp_path: Path) -> None:
    (told,) = doctor._address(Settings(tmp_path))
    assert told.mark == CAUTION
    assert "Set public_url" in told.words
    assert list(doctor._address(Settings(tmp_path, demo=True))) == []
    assert list(doctor._address(Settings(tmp_path, public_url="https://plant.example"))) == []


def test_a_trigger_that_is_gone_is_told(settings: Settings, keeper: Keeper) -> None:
    with engine_for(keeper.master_url(settings)).connect() as connection:
        connection.exec_driver_sql("DROP TRIGGER tf_area_update" + ("" if settings.database_file else " ON area"))
        connection.commit()
    assert "triggers that keep the trail are not as this version" in found(settings, WRONG)


def test_tables_of_another_version_are_told(settings: Settings, keeper: Keeper) -> None:
    with engine_for(keeper.master_url(settings)).connect() as connection:
        connection.exec_driver_sql("CREATE INDEX somebodys ON area (name)")
        connection.commit()
    assert "remove index somebodys" in found(settings, WRONG)


def test_a_damaged_file_is_told(settings: Settings) -> None:
    if settings.database_file is None:
        pytest.skip("a server looks after its own files")
    data = bytearray(settings.database_file.read_bytes())
    for page in range(3, 40):
        data[page * 4096 : page * 4096 + 60] = b"\xff" * 60
    settings.database_file.write_bytes(data)
    assert "Put back the last backup" in found(settings, WRONG)


def test_a_clock_behind_the_newest_record_is_told(app: Flask, settings: Settings) -> None:
    with clock.set_to(clock.now() + timedelta(days=3)), app.app_context():
        with store.act("test:area:add"):
            db.session.add(Area(key="later", name="later"))
        db.session.remove()
    assert "The clock stands" in found(settings, WRONG)


def test_a_disk_that_is_nearly_full_is_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "ROOM_LEFT", 10**18)
    assert "make room" in found(settings, CAUTION)


def test_a_backup_that_was_never_made_or_is_gone_is_told(settings: Settings, tmp_path: Path) -> None:
    assert "No backup was ever made" in found(settings, CAUTION)
    made = backup.make(settings, tmp_path / "backups")
    assert "backup" not in found(settings, CAUTION)
    made.unlink()
    assert "which is gone from there" in found(settings, CAUTION)


def test_a_backup_of_last_week_is_old(settings: Settings, tmp_path: Path) -> None:
    with clock.set_to(clock.now() - timedelta(days=7)):
        backup.make(settings, tmp_path / "backups")
    assert "The last backup is of" in found(settings, CAUTION)


def test_files_without_a_record_are_counted(app: Flask, settings: Settings) -> None:
    with app.app_context():
        blobs.kept_by(settings).put(b"nobody's")
    assert "Files that belong to no record: 1." in found(settings, CAUTION)


# SQLite on a file system of another machine


@pytest.mark.parametrize(
    ("mounts", "kind"),
    [
        ("/dev/sda1 / ext4 rw 0 0\nserver:/share {} nfs4 rw 0 0\n", "nfs4"),
        ("/dev/sda1 / ext4 rw 0 0\n//nas/share {} cifs rw 0 0\n", "cifs"),
        ("/dev/sda1 / ext4 rw 0 0\n", "ext4"),
        ("", ""),
    ],
)
def test_the_file_system_of_a_folder_is_known(tmp_path: Path, mounts: str, kind: str) -> None:
    (tmp_path / "mounts").write_text(mounts.format(tmp_path.resolve()), "utf-8")
    (tmp_path / "deep" / "in").mkdir(parents=True)
    assert system.file_system(tmp_path / "deep" / "in", tmp_path / "mounts") == kind


def test_records_on_a_network_file_system_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "file_system", lambda _folder: "nfs4")
    with pytest.raises(StepError, match="is on a network file system"):
        prepare.prepare(Settings(instance=tmp_path), demo=False)
    assert not list(tmp_path.iterdir())
