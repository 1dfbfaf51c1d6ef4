"""`upgrade`: brings the records of an older version up to this one, all of it or nothing, after a checked backup."""

import argparse
from pathlib import Path

from techfloor.cli.instance import add_instance, instance_settings
from techfloor.cli.lock import ELSEWHERE, locked, refuse_running
from techfloor.cli.steps import StepError, say, step
from techfloor.settings import Settings

WITHOUT = "python3 -m techfloor upgrade --without-backup"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `upgrade` takes."""
    parser.add_argument("--to", type=Path, metavar="DIR", help="the folder of the backup (default: backups/ in it)")
    parser.add_argument("--without-backup", action="store_true", help="make none, where you have one of your own")
    add_instance(parser)


def run(args: argparse.Namespace) -> int:
    """Bring the database up to date and say what was done; 1 where something in it is wrong afterwards."""
    settings = instance_settings(args)
    with locked(settings.instance / "server.lock", refuse_running):
        return 0 if bring_up(settings, args.to, with_backup=not args.without_backup, tell=True) else 1


def bring_up(settings: Settings, folder: Path | None = None, *, with_backup: bool = True, tell: bool = False) -> bool:
    """Bring a database up to date, an older one after a backup; returns whether it is sound where that was checked.

    With `tell` it is said that there is nothing to do, too. Raises StepError for a newer database, and where the
    backup or the upgrade was given up; then everything is as it was.
    """
    from techfloor.migrations.upgrade import Standing  # noqa: PLC0415 - `--help` needs no database

    standing, words = _looked_at(settings)
    if standing is not Standing.OLDER:
        was_mended = _upgraded(settings)
        if was_mended and standing is Standing.CURRENT:
            say("! The triggers that keep the trail were not those of this version. They were written anew.")
            say("  If you did not change the version, look for what changed them: python3 -m techfloor verify")
            say("  It names them, and says each time when this was.")
        elif tell:
            say("✓ Tables made." if was_mended else "✓ The tables are those of this version: nothing to do.")
        return True
    say(words)
    if with_backup:
        _backed_up(settings, folder or settings.instance / "backups")
    with step("Bringing the tables up to date", "Tables are up to date"):
        _upgraded(settings)
    return _is_sound(settings)


def _looked_at(settings: Settings) -> tuple[str, str]:
    """Return how a database stands, with the words for an older one; raises StepError where it must be left alone."""
    from techfloor.migrations.upgrade import Standing, engine_for, schema_of  # noqa: PLC0415
    from techfloor.store import databases  # noqa: PLC0415

    with engine_for(settings.owner_database).connect() as connection:
        schema = schema_of(connection)
        if schema.standing is Standing.NEWER:
            raise StepError(schema.refusal)
        if schema.standing is Standing.OLDER and databases.of(connection).servers(connection):
            raise StepError(ELSEWHERE)
    return schema.standing, f"The records were kept by an older version. What changes: {'; '.join(schema.steps)}"


def _backed_up(settings: Settings, folder: Path) -> None:
    from techfloor.cli.backup import make  # noqa: PLC0415

    try:
        with step("Backing the records up first", "Backup made"):
            made = make(settings, folder.resolve(), of_older=True)
    except StepError as no:
        raise StepError(f"{no} Nothing was upgraded. With a backup of your own, type: {WITHOUT}") from no
    say(f"  {made}: the way back, with the version before.")


def _upgraded(settings: Settings) -> bool:
    from techfloor.migrations.upgrade import UpgradeFailed, upgrade  # noqa: PLC0415

    try:
        return upgrade(settings)
    except UpgradeFailed as error:
        raise StepError(f"{error} Everything is as it was.") from error


def _is_sound(settings: Settings) -> bool:
    """Check the whole of what was brought up, and say what is wrong with it."""
    from techfloor.cli.verify import whole  # noqa: PLC0415
    from techfloor.migrations.upgrade import engine_for  # noqa: PLC0415

    with step("Checking everything", "Checked"), engine_for(settings.owner_database).connect() as connection:
        found = whole(connection, settings)
    if not found.sound:
        say(f"✕ The tables are up to date, but something is wrong with what stands in them: {found.problems[0]}")
        say("  `verify` tells all. It was so before, or the upgrade did it: the backup has the records as they were.")
    return found.sound
