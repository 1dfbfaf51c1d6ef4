"""`backup`: copies all records and files of an instance while it goes on serving, and checks the copy."""

import argparse
import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from techfloor.cli.instance import DEMO_MARK, add_instance, instance_settings
from techfloor.cli.steps import StepError, say, step
from techfloor.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from techfloor.store.verify import Verdict

Check = Callable[["Connection", Settings], "Verdict"]
"""Looks a copy over; its settings name the folder that the copy's anchors and files stand in."""
BESIDE = ("anchors.log", "secret.key", "techfloor.toml", DEMO_MARK)
"""The files of an instance that stand beside its database and belong to it."""
LAST = "last-backup.txt"
"""The note of the last backup, for `doctor`."""
NO_ROOM = "There is no room for a backup in {folder}, or it cannot be written. Nothing was kept."
SHA256_DIGITS = 64
DATABASE = {"sqlite": "techfloor.sqlite", "postgresql": "techfloor.dump"}
"""The name of the database in a backup."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `backup` takes."""
    parser.add_argument("--to", type=Path, metavar="DIR", help="the folder of the backups (default: backups/ in it)")
    parser.add_argument("--keep", type=int, metavar="N", help="delete all but the N newest backups of that folder")
    add_instance(parser)


def run(args: argparse.Namespace) -> int:
    """Make a backup and say where it is."""
    if args.keep is not None and args.keep < 1:
        raise StepError("--keep takes a number from 1.")
    settings = instance_settings(args)
    folder: Path = (args.to or settings.instance / "backups").resolve()
    with step("Copying and checking the records", "Backup made"):
        made = make(settings, folder)
    say(f"✓ {made} ({made.stat().st_size / 1e6:.1f} MB)")
    say("  It holds every record and the secret key: keep it where only you can read it, on another machine too.")
    for old in _backups(folder)[: -args.keep] if args.keep else []:
        old.unlink()
        say(f"  {old.name} was deleted.")
    return 0


def make(settings: Settings, folder: Path, *, of_older: bool = False) -> Path:
    """Write a checked backup of an instance into `folder`; raises StepError where it would not be whole.

    With `of_older` the tables may be those of an older version: they are checked as they stand.
    """
    from techfloor import clock  # noqa: PLC0415 - `--help` needs no database
    from techfloor.cli.verify import as_it_stands, whole  # noqa: PLC0415

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StepError(f"The folder {folder} cannot be made: {error.strerror}. Name another with --to.") from error
    began = clock.now()
    try:
        with tempfile.TemporaryDirectory(prefix=".making-", dir=folder) as name:
            return _make(settings, folder, Path(name), began, as_it_stands if of_older else whole)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}:
            raise StepError(NO_ROOM.format(folder=folder)) from error
        if error.errno in {errno.EACCES, errno.EROFS, errno.EPERM}:
            raise StepError(f"In the folder {folder} nothing can be written: {error.strerror}.") from error
        raise


def _make(settings: Settings, folder: Path, work: Path, began: datetime, check: Check) -> Path:
    from techfloor import __version__  # noqa: PLC0415
    from techfloor.cli import archive  # noqa: PLC0415
    from techfloor.migrations.upgrade import schema_of  # noqa: PLC0415

    # The anchors first: acts that are sealed meanwhile stand in the copy without one, never the other way round.
    for name in BESIDE:
        if (settings.instance / name).exists():
            shutil.copyfile(settings.instance / name, work / name)
    with _copied(settings, work) as connection:
        seq, sealed = _checked(settings, connection, work, check)
        kind, schema = connection.dialect.name, schema_of(connection).found
    parts = {path.name: path for path in work.iterdir() if path.is_file() and not path.is_symlink()}
    if settings.database_file and settings.blobs.exists():
        parts |= {
            path.relative_to(settings.instance).as_posix(): path
            for path in settings.blobs.rglob("*")
            if path.is_file() and len(path.name) == SHA256_DIGITS  # what is being written has another name
        }
    manifest = archive.Manifest(
        made_at=began,
        version=__version__,
        database=kind,
        schema=schema,
        head_seq=seq,
        head_hash=sealed,
        demo=DEMO_MARK in parts,
        files={name: archive.hash_of(path) for name, path in sorted(parts.items())},
    )
    unfinished = work / "unfinished.tar"
    archive.write(unfinished, manifest, {name: parts[name] for name in manifest.files})
    made = _placed(unfinished, folder, f"techfloor-{began:%Y%m%dT%H%M%SZ}")
    (settings.instance / LAST).write_text(f"{began.isoformat()} {made}\n", "utf-8")
    return made


def _placed(file: Path, folder: Path, name: str) -> Path:
    """Give a finished backup its name, another where one of the same second stands there."""
    from techfloor.store.disk import force_folder  # noqa: PLC0415

    for suffix in ("", *(f"-{n}" for n in range(2, 100))):
        wanted = folder / f"{name}{suffix}.tar"
        try:
            os.link(file, wanted)
        except FileExistsError:
            continue
        force_folder(folder)
        return wanted
    raise StepError(f"There are too many backups of this second in {folder}.")


@contextmanager
def _copied(settings: Settings, work: Path) -> Iterator["Connection"]:
    """Copy the database into `work`, as it stood at one moment; gives a connection that sees that moment."""
    from techfloor.migrations.upgrade import engine_for  # noqa: PLC0415

    if settings.database_file is None:
        with engine_for(settings.owner_database).connect() as connection:
            _dump(connection, work / DATABASE["postgresql"], settings)
            yield connection
        return
    from techfloor.store.databases.sqlite import sqlite_module  # noqa: PLC0415

    copy = work / DATABASE["sqlite"]
    with engine_for(settings.database).connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        with _opened(copy) as target:
            try:
                raw.backup(target)
                target.execute("PRAGMA journal_mode = DELETE")
                wrong = [row[0] for row in target.execute("PRAGMA integrity_check(5)") if row[0] != "ok"]
            except sqlite_module().Error as error:
                raise StepError(f"{NO_ROOM.format(folder=work.parent)} SQLite says: {error}.") from error
    if wrong:
        raise StepError(f"The database is damaged: {'; '.join(wrong)}. Put back the last backup with `restore`.")
    with engine_for(f"sqlite:///{copy}").connect() as connection:
        connection.exec_driver_sql("BEGIN")
        yield connection


@contextmanager
def _opened(file: Path) -> Iterator[Any]:
    from techfloor.store.databases.sqlite import sqlite_module  # noqa: PLC0415

    target = sqlite_module().connect(str(file))
    try:
        yield target
    finally:
        target.close()


def _dump(connection: "Connection", file: Path, settings: Settings) -> None:
    from techfloor.cli.cluster import run_client  # noqa: PLC0415

    connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    moment = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
    words = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment}", f"--file={file}"]
    run_client("pg_dump", words, settings.owner_database)


def _checked(settings: Settings, connection: "Connection", work: Path, check: Check) -> tuple[int, str]:
    """Return the head of the copy's chain; raises StepError where the check finds something wrong in it."""
    if settings.database_file and settings.blobs.exists():
        (work / "blobs").symlink_to(settings.blobs, target_is_directory=True)
    found = check(connection, replace(settings, instance=work, anchors_copy=""))
    if not found.sound:
        raise StepError(
            f"This is no sound state to keep: {found.problems[0]} `verify` tells all. No backup was made: keep the "
            "older ones."
        )
    return found.acts, found.head


@dataclass(frozen=True)
class LastBackup:
    """When the last backup was made, and where it was put."""

    made_at: datetime
    file: Path


def last_backup(settings: Settings) -> LastBackup | None:
    """Return the last backup of an instance, None where none was made."""
    note = settings.instance / LAST
    if not note.exists():
        return None
    moment, _, file = note.read_text("utf-8").strip().partition(" ")
    return LastBackup(datetime.fromisoformat(moment), Path(file))


def _backups(folder: Path) -> list[Path]:
    """Return the backups of a folder, the oldest first."""
    return sorted(folder.glob("techfloor-*.tar"), key=lambda file: (file.name.partition(".")[0].split("-")[1], file))
