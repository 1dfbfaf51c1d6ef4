"""`export`: writes records out whole, one by one or those of a time as one archive; `--check` reads them again."""

import argparse
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from techfloor.cli.instance import add_instance, instance_settings
from techfloor.cli.steps import StepError, say
from techfloor.cli.verify import refuse_other_version
from techfloor.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `export` takes."""
    parser.add_argument("number", nargs="*", help="the number of a record, like CAL-2026-00042")
    parser.add_argument("--from", dest="since", type=_day, metavar="DAY", help="all performed from this day on")
    parser.add_argument("--to", dest="until", type=_day, metavar="DAY", help="... up to the end of this one (today)")
    parser.add_argument("--kind", default="calibration", help="of which kind (calibration)")
    parser.add_argument("--into", type=Path, default=Path(), metavar="DIR", help="where it is written (here)")
    parser.add_argument("--check", type=Path, metavar="PATH", help="read an export again and compare every hash")
    add_instance(parser)


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{typed} is no day. Write it like 2026-01-31.") from None


def run(args: argparse.Namespace) -> int:
    """Write out what was asked for, or check what was written, and say where."""
    if args.check is not None:
        return _check(args.check)
    if not args.number and args.since is None:
        raise StepError("Name a record, like CAL-2026-00042, or a time with --from and --to.")
    from techfloor.migrations.upgrade import engine_for  # noqa: PLC0415 - `--help` needs no database
    from techfloor.store import databases  # noqa: PLC0415
    from techfloor.store.databases import Line  # noqa: PLC0415

    settings = instance_settings(args)
    with engine_for(settings.database).connect() as connection:
        databases.of(connection).begin(connection.connection.dbapi_connection, Line())
        refuse_other_version(connection)
        for number in args.number:
            folder = write(connection, settings, number.strip(), args.into)
            say(f"✓ {folder.resolve()}: check it any time with `sha256sum -c SHA256SUMS` in it.")
        if args.since is not None:
            made = write_between(connection, settings, args.kind, (args.since, args.until), args.into)
            made = made.resolve()
            say(f"✓ {made}: check it any time with `python3 -m techfloor export --check {made}`.")
    return 0


def write(connection: "Connection", settings: Settings, number: str, into: Path) -> Path:
    """Write a record with all its versions into a new folder named after it.

    Raises StepError for a record that is not there, and for a folder that stands there already.
    """
    from techfloor.reports import written_out  # noqa: PLC0415
    from techfloor.store import blobs  # noqa: PLC0415

    found = written_out.of_number(connection, number)
    if not found:
        raise StepError(f"There is no record {number}.")
    folder = into / found[0].top
    if folder.exists():
        raise StepError(f"{folder} stands there already. Move it away, or name another place with --into.")
    kept = blobs.kept_by(settings, connection)
    files = list(written_out.files_of(found, lambda record: written_out.parts_of(connection, kept, record)))
    folder.mkdir(parents=True)  # not before everything is there
    for name, data in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def write_between(
    connection: "Connection", settings: Settings, kind: str, days: tuple[date, date | None], into: Path
) -> Path:
    """Write the records of a kind that were performed on these days of the plant as one archive."""
    from sqlalchemy import text  # noqa: PLC0415

    from techfloor import clock  # noqa: PLC0415
    from techfloor.reports import written_out  # noqa: PLC0415
    from techfloor.store import blobs  # noqa: PLC0415

    zone = ZoneInfo(connection.scalar(text("SELECT zone FROM plant")) or "UTC")
    first, last = days[0], days[1] or clock.now().astimezone(zone).date()
    since, until = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    found = written_out.performed_between(connection, kind, since, until)
    if not found:
        raise StepError(f"No {kind} was performed from {first} to {last}.")
    made = into / f"techfloor-{written_out.safe_name(kind)}-{first}-{last}.zip"
    if made.exists():
        raise StepError(f"{made} stands there already. Move it away, or name another place with --into.")
    kept = blobs.kept_by(settings, connection)
    about = {"kind": kind, "from": first.isoformat(), "to": last.isoformat(), "by": "the command export"}
    into.mkdir(parents=True, exist_ok=True)
    beside = made.with_suffix(".part")
    with beside.open("wb") as file:
        beside.chmod(0o600)
        for piece in written_out.archive(
            found, lambda record: written_out.parts_of(connection, kept, record), about, clock.now()
        ):
            file.write(piece)
    beside.replace(made)  # whole or not at all
    return made


def _check(path: Path) -> int:
    from techfloor.reports import written_out  # noqa: PLC0415

    if not path.exists():
        raise StepError(f"There is nothing at {path}.")
    found = written_out.check(path)
    for problem in found.problems:
        say(f"✕ {problem}")
    if found.problems:
        return 1
    say(f"✓ {found.contents} contents are what was signed, and {found.files} files what was written out.")
    return 0
