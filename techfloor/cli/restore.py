"""`restore`: puts a backup back, whole and checked, and lets the records say that it was done."""

import argparse
import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from techfloor.cli import archive
from techfloor.cli.backup import BESIDE, DATABASE
from techfloor.cli.instance import add_instance, instance_settings
from techfloor.cli.lock import ELSEWHERE, locked, refuse_running
from techfloor.cli.steps import StepError, say, step
from techfloor.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


_PLACING = {
    "sqlite": ("Putting it in place", "Records are in place"),
    "postgresql": ("Putting it in place and checking it before it counts", "Records are sound and in place"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `restore` takes."""
    parser.add_argument("backup", type=Path, help="the file that `backup` made")
    parser.add_argument(
        "--give-up-newer",
        metavar="WHY",
        help="put it back although newer records are lost by it; the records keep the reason",
    )
    add_instance(parser)


def run(args: argparse.Namespace) -> int:
    """Put a backup back and say what stands there now."""
    settings = instance_settings(args, must_exist=False)
    if not args.backup.exists():
        raise StepError(f"There is no file {args.backup}.")
    if args.give_up_newer is not None and not args.give_up_newer.strip():
        raise StepError('Say why newer records are given up: --give-up-newer "the disk was damaged"')
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(settings.instance / "server.lock", refuse_running):
        put_back(args.backup, settings, args.give_up_newer or "")
    return 0


def put_back(file: Path, settings: Settings, reason: str) -> None:
    """Put a backup back; raises StepError, and leaves everything as it was, where it is not whole or is too old."""
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    manifest = archive.read(file)
    kind = "sqlite" if settings.database_file else "postgresql"
    if manifest.database != kind:
        raise StepError(f"This backup is of {manifest.database}, and this instance keeps its records in {kind}.")
    _refuse_newer(manifest)
    newest = _newest_anchor(settings)
    if newest > manifest.head_seq and not reason:
        raise StepError(
            f"This backup ends with act {manifest.head_seq}, and acts up to {newest} were acknowledged after it. They "
            'would be lost. Take a newer backup, or say why they are given up: --give-up-newer "the disk was damaged"'
        )
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=settings.instance) as name:
        work = Path(name)
        with step("Unpacking and checking the backup", "The backup is whole"):
            archive.extract(file, manifest, work)
            if settings.database_file:
                _check(settings, work)
        _refuse_servers(settings)
        with step(*_PLACING[kind]):
            kept = _place(settings, work)
    _tell(settings, manifest, max(newest - manifest.head_seq, 0) and newest, reason)
    say(f"✓ The records of {manifest.made_at:%Y-%m-%d %H:%M} UTC stand again, {manifest.head_seq} acts.")
    if kept:
        say(f"  What stood there before is kept as {kept}.")
    say("  Start the server, and look at the newest record with whoever wrote it.")


def _refuse_newer(manifest: archive.Manifest) -> None:
    from techfloor.migrations.upgrade import is_known  # noqa: PLC0415 - `--help` needs no database

    if not is_known(manifest.schema):
        raise StepError(
            f"This backup was made by techfloor {manifest.version}, which is newer than this one. Put that version in "
            "place first."
        )


def _newest_anchor(settings: Settings) -> int:
    """Return the newest act that was anchored in this instance, here or in the copy elsewhere."""
    newest = 0
    for file in (settings.instance / "anchors.log", Path(settings.anchors_copy) if settings.anchors_copy else None):
        if file is not None and file.exists():
            numbers = (line.partition(" ")[0] for line in file.read_text("ascii", errors="replace").splitlines())
            newest = max([newest, *(int(number) for number in numbers if number.isdigit())])
    return newest


def _check(settings: Settings, work: Path) -> None:
    from techfloor.migrations.upgrade import engine_for  # noqa: PLC0415 - `--help` needs no database

    with engine_for(f"sqlite:///{work / DATABASE['sqlite']}").connect() as connection:
        _refuse_unsound(connection, settings, work)


def _refuse_unsound(connection: "Connection", settings: Settings, work: Path) -> None:
    """Raise StepError where the records of a backup, with the anchors and files beside it, are not sound."""
    from techfloor.cli.verify import as_it_stands, whole  # noqa: PLC0415 - `--help` needs no database
    from techfloor.migrations.upgrade import Standing, schema_of  # noqa: PLC0415

    check = as_it_stands if schema_of(connection).standing is Standing.OLDER else whole
    found = check(connection, replace(settings, instance=work, anchors_copy=""))
    if not found.sound:
        raise StepError(f"The records in this backup are not sound: {found.problems[0]}")


def _refuse_servers(settings: Settings) -> None:
    """Raise StepError while a server, of whichever machine, is at work on a database server."""
    from techfloor.migrations.upgrade import engine_for  # noqa: PLC0415
    from techfloor.store import databases  # noqa: PLC0415

    if settings.database_file is None:
        with engine_for(settings.owner_database).connect() as connection:
            if databases.of(connection).servers(connection):
                raise StepError(ELSEWHERE)


def _place(settings: Settings, work: Path) -> Path | None:
    """Put the files and the database where they belong; returns where the database that stood there is kept."""
    from techfloor.store.disk import force, force_folder  # noqa: PLC0415

    if settings.database_file is None:
        _load(settings, work)
        return None
    _place_files(settings, work)
    force(work / DATABASE["sqlite"])
    kept = _keep_aside(settings.database_file)
    (work / DATABASE["sqlite"]).chmod(0o600)
    (work / DATABASE["sqlite"]).replace(settings.database_file)
    force_folder(settings.instance)
    return kept


def _place_files(settings: Settings, work: Path) -> None:
    for blob in (work / "blobs").rglob("*"):
        there = settings.instance / blob.relative_to(work)
        if blob.is_file() and not there.exists():
            there.parent.mkdir(parents=True, exist_ok=True)
            blob.replace(there)
    for name in BESIDE:
        if (work / name).exists() and not (settings.instance / name).exists():
            shutil.copyfile(work / name, settings.instance / name)
            (settings.instance / name).chmod(0o600)


def _keep_aside(database: Path) -> Path | None:
    """Give the file that stands there a second name, so that it is never gone, and write its journal into it."""
    if not database.exists():
        return None
    from techfloor.store.databases.sqlite import sqlite_module  # noqa: PLC0415

    module = sqlite_module()
    try:
        raw: Any = module.connect(str(database))
        raw.execute("PRAGMA journal_mode = DELETE")
        raw.close()
    except module.Error:
        say("! The database that stands there cannot be read. It is kept as it is.")
    kept = _free_name(database)
    os.link(database, kept)
    for suffix in ("-wal", "-shm", "-journal"):
        beside = database.with_name(database.name + suffix)
        if beside.exists():
            beside.replace(kept.with_name(kept.name + suffix))
    return kept


def _free_name(database: Path) -> Path:
    names = (database.with_name(f"{database.stem}.before-restore-{n}{database.suffix}") for n in range(1, 10_000))
    return next(name for name in names if not name.exists())


def _load(settings: Settings, work: Path) -> None:
    """Put the tables of a dump in the place of those that stand there, checked before anybody else sees them.

    A dump can be read in a database alone, so all of it is one transaction: what is not sound never stood there.
    """
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415 - `--help` needs no database

    from techfloor.cli.replaying import replay, script_of  # noqa: PLC0415
    from techfloor.migrations.upgrade import engine_for  # noqa: PLC0415

    script = script_of(work / DATABASE["postgresql"], work)
    with engine_for(settings.owner_database).connect() as connection:
        driver: Any = connection.dialect.loaded_dbapi
        try:
            replay(script, connection.connection.dbapi_connection)
            _refuse_unsound(connection, settings, work)
        except (driver.Error, DBAPIError) as error:
            raise StepError(f"The backup could not be put in place: {error}. Everything is as it was.") from error
        _place_files(settings, work)
        connection.commit()


def _tell(settings: Settings, manifest: archive.Manifest, given_up_to: int, reason: str) -> None:
    """Bring the tables up to this version, and write into the trail that the backup was put back."""
    from techfloor import clock, store  # noqa: PLC0415
    from techfloor.app import create_app  # noqa: PLC0415
    from techfloor.migrations.upgrade import grant, upgrade  # noqa: PLC0415
    from techfloor.store.restoration import Restoration  # noqa: PLC0415

    grant(settings)
    upgrade(settings)
    app = create_app(settings)
    with app.app_context():
        with store.act("store:backup:restore", reason=reason or None):
            store.db.session.add(
                Restoration(
                    restored_at=clock.now(),
                    made_at=manifest.made_at,
                    head_seq=manifest.head_seq,
                    head_hash=manifest.head_hash,
                    given_up_to=given_up_to,
                    reason=reason.strip(),
                )
            )
        store.db.session.remove()
        store.db.engine.dispose()
