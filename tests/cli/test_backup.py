"""A backup is made while people work, says when it is not whole, and gives back what was there."""

import argparse
import io
import os
import resource
import stat
import tarfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from databases import Keeper, said_to
from flask import Flask
from sqlalchemy import select

from techfloor import store
from techfloor.app import create_app
from techfloor.cli import backup, restore
from techfloor.cli.lock import locked
from techfloor.cli.steps import StepError
from techfloor.cli.verify import whole
from techfloor.migrations.upgrade import engine_for
from techfloor.places.models import Area
from techfloor.settings import Settings
from techfloor.store import blobs, db
from techfloor.store.restoration import Restoration
from techfloor.store.verify import Verdict


def checked(settings: Settings) -> Verdict:
    """Return what `verify` says of an instance."""
    with engine_for(settings.database).connect() as connection:
        return whole(connection, settings)


def add_area(app: Flask, key: str) -> None:
    with app.app_context():
        with store.act("test:area:add"):
            db.session.add(Area(key=key, name=key))
        db.session.remove()


def areas(settings: Settings) -> set[str]:
    """Return the keys of the areas that stand in an instance."""
    with engine_for(settings.database).connect() as connection:
        return set(connection.scalars(select(Area.key)))


@pytest.fixture
def empty(keeper: Keeper, tmp_path: Path) -> Settings:
    """Another machine: a folder without anything, and a database without tables."""
    return keeper.of(tmp_path / "other" / "instance", f"test-other-{os.getpid()}")


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    """The folder of the backups."""
    return tmp_path / "backups"


@pytest.mark.clause("21 CFR 11.10(c)")
def test_what_was_backed_up_stands_on_another_machine(
    app: Flask, settings: Settings, empty: Settings, backups: Path
) -> None:
    add_area(app, "before")
    made = backup.make(settings, backups)
    add_area(app, "after")
    restore.put_back(made, empty, "")
    assert areas(empty) == areas(settings) - {"after"}
    found = checked(empty)
    assert found.problems == []
    assert found.notes == []
    key = (settings.instance / "secret.key").read_bytes()
    assert (empty.instance / "secret.key").read_bytes() == key, "nobody is signed out by it"


def test_a_backup_is_for_its_owner_alone(settings: Settings, backups: Path) -> None:
    made = backup.make(settings, backups)
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert [each.name for each in backups.iterdir()] == [made.name], "nothing else is left"


def test_people_go_on_working_while_it_is_made(app: Flask, settings: Settings, empty: Settings, backups: Path) -> None:
    over = threading.Event()
    written: list[int] = []

    def work() -> None:
        while not over.is_set():
            add_area(app, f"area-{len(written)}")
            written.append(len(written))

    worker = threading.Thread(target=work)
    worker.start()
    try:
        made = [backup.make(settings, backups) for _ in range(3)]
    finally:
        over.set()
        worker.join()
    assert len(set(made)) == 3
    restore.put_back(made[-1], empty, "")
    assert checked(empty).problems == []
    kept = {key for key in areas(empty) if key.startswith("area-")}
    assert kept == {f"area-{n}" for n in range(len(kept))}, "one moment, without holes"


@pytest.mark.clause("21 CFR 11.10(c)")
def test_attachments_come_with_it(app: Flask, settings: Settings, empty: Settings, backups: Path) -> None:
    with app.app_context():
        sha256 = blobs.kept_by(settings).put(b"a laboratory's paper")
        db.session.remove()
    restore.put_back(backup.make(settings, backups), empty, "")
    with create_app(empty).app_context():
        assert blobs.kept_by(empty).get(sha256) == b"a laboratory's paper"
        db.session.remove()
        db.engine.dispose()


@pytest.mark.clause("ISO/IEC 17025 7.11.3")
def test_a_backup_of_records_that_were_tampered_with_is_refused(
    settings: Settings, keeper: Keeper, backups: Path
) -> None:
    with engine_for(keeper.master_url(settings)).connect() as connection:
        drop = "DROP TRIGGER tf_area_update" + ("" if settings.database_file else " ON area")
        connection.exec_driver_sql(drop)
        connection.exec_driver_sql("UPDATE area SET name = 'other'")
        connection.commit()
    with pytest.raises(StepError, match="no sound state to keep"):
        backup.make(settings, backups)
    assert list(backups.iterdir()) == []


# Putting back


@pytest.mark.parametrize("where", [0.05, 0.4, 0.99])
def test_a_backup_that_rotted_is_refused_and_nothing_is_changed(
    app: Flask, settings: Settings, backups: Path, where: float
) -> None:
    made = backup.make(settings, backups)
    add_area(app, "after")
    data = bytearray(made.read_bytes())
    with tarfile.open(made) as tar:
        part = max(tar.getmembers(), key=lambda each: each.size)
    place = part.offset_data + int(part.size * where)
    data[place] ^= 1
    made.write_bytes(data)
    with pytest.raises(StepError, match="is damaged"):
        restore.put_back(made, settings, "a reason")
    assert "after" in areas(settings)
    assert checked(settings).problems == []


def test_records_that_are_not_sound_are_never_put_in_place(
    app: Flask, settings: Settings, keeper: Keeper, empty: Settings, backups: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_area(app, "sound")
    restore.put_back(backup.make(settings, backups), empty, "")
    with engine_for(keeper.master_url(settings)).connect() as connection:
        connection.exec_driver_sql(said_to(connection.dialect.name, "DROP TRIGGER tf_area_update"))
        connection.exec_driver_sql("UPDATE area SET name = 'edited' WHERE key = 'sound'")
        connection.commit()
    add_area(app, "later")
    with monkeypatch.context() as careless:
        careless.setattr(backup, "_checked", lambda *_given: (checked(settings).acts, checked(settings).head))
        made = backup.make(settings, backups)
    with pytest.raises(StepError, match=r"records in this backup are not sound: The trigger tf_area_update"):
        restore.put_back(made, empty, "")
    assert areas(empty) == areas(settings) - {"later"}
    assert checked(empty).problems == []


def with_foreign_part(file: Path) -> None:
    with tarfile.open(file, "a") as tar:
        info = tarfile.TarInfo("extra.txt")
        info.size = 1
        tar.addfile(info, io.BytesIO(b"x"))


def no_tar(file: Path) -> None:
    file.write_bytes(b"nothing of the kind")


def climbing(file: Path) -> None:
    with tarfile.open(file, "a") as tar:
        info = tarfile.TarInfo("../climbed.txt")
        info.size = 1
        tar.addfile(info, io.BytesIO(b"x"))


@pytest.mark.parametrize("spoil", [with_foreign_part, no_tar, climbing])
def test_a_file_that_is_no_backup_is_refused(settings: Settings, backups: Path, spoil: Callable[[Path], None]) -> None:
    made = backup.make(settings, backups)
    spoil(made)
    with pytest.raises(StepError, match=r"backup of techfloor|is damaged"):
        restore.put_back(made, settings, "")
    assert not (settings.instance / "climbed.txt").exists()
    assert not (settings.instance.parent / "climbed.txt").exists()


def test_a_backup_behind_the_newest_anchor_is_put_back_only_with_a_reason(
    app: Flask, settings: Settings, backups: Path
) -> None:
    made = backup.make(settings, backups)
    head = checked(settings).acts
    add_area(app, "lost-1")
    add_area(app, "lost-2")
    with app.app_context():
        db.engine.dispose()
    with pytest.raises(StepError, match=f"ends with act {head}, and acts up to {head + 2} were acknowledged"):
        restore.put_back(made, settings, "")
    assert "lost-2" in areas(settings)

    restore.put_back(made, settings, "the disk was damaged")
    assert "lost-1" not in areas(settings)
    add_area(app, "again")
    found = checked(settings)
    assert found.problems == []
    assert found.notes == [
        note for note in found.notes if f"Acts {head + 1} to {head + 2} were given up" in note and "damaged" in note
    ]
    assert len(found.notes) == 1
    with engine_for(settings.database).connect() as connection:
        assert connection.scalars(select(Restoration.reason)).all() == ["the disk was damaged"]


def test_history_that_is_rewritten_after_a_backup_was_put_back_is_found_all_the_same(
    app: Flask, settings: Settings, backups: Path
) -> None:
    """The acts that were given up explain their own anchors, not those of the acts after them."""
    made = backup.make(settings, backups)
    add_area(app, "lost")
    with app.app_context():
        db.engine.dispose()
    restore.put_back(made, settings, "the disk was damaged")
    lines = (settings.instance / "anchors.log").read_text("ascii").splitlines()
    lines[-1] = lines[-1][:-8] + "00000000"
    (settings.instance / "anchors.log").write_text("\n".join(lines) + "\n", "ascii")
    assert any("history was cut off or rewritten" in problem for problem in checked(settings).problems)


def test_what_stood_there_is_kept(app: Flask, settings: Settings, backups: Path) -> None:
    if settings.database_file is None:
        pytest.skip("a server keeps what was there in its own backups")
    made = backup.make(settings, backups)
    add_area(app, "after")
    with app.app_context():
        db.engine.dispose()
    restore.put_back(made, settings, "trying it out")
    kept = settings.instance / "techfloor.before-restore-1.sqlite"
    assert "after" in areas(replace(settings, database_url=f"sqlite:///{kept}"))


def test_nothing_is_put_back_under_a_running_server(settings: Settings, backups: Path) -> None:
    made = backup.make(settings, backups)
    args = argparse.Namespace(backup=made, give_up_newer=None, instance=settings.instance, demo=False)
    with locked(settings.instance / "server.lock", lambda: None), pytest.raises(StepError, match="Stop it first"):
        restore.run(args)


def test_a_full_disk_is_said_and_leaves_nothing(settings: Settings, backups: Path) -> None:
    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    limited()
    try:
        with pytest.raises(StepError, match=r"There is no room for a backup|pg_dump failed"):
            backup.make(settings, backups)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(backups.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_said(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StepError, match=r"The folder .*/file/backups cannot be made: Not a directory\."):
        backup.make(settings, tmp_path / "file" / "backups")


def test_only_the_newest_are_kept(
    settings: Settings, backups: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "instance_settings", lambda _args: settings)
    args = argparse.Namespace(to=backups, keep=2, instance=settings.instance, demo=False)
    made = []
    for _ in range(3):
        assert backup.run(args) == 0
        made = sorted(backups.iterdir())
    assert len(made) == 2
    assert "was deleted" in capsys.readouterr().out


def test_a_database_of_another_version_is_said_in_a_sentence(settings: Settings, keeper: Keeper, backups: Path) -> None:
    with engine_for(keeper.master_url(settings)).connect() as connection:
        connection.exec_driver_sql("DROP TABLE restoration")
        connection.commit()
    with pytest.raises(StepError, match="made by another version"):
        backup.make(settings, backups)
