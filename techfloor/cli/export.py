"""`export`: writes records out whole, one by one or those of a time as one archive; `--check` reads them again."""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from techfloor.cli.instance import add_instance, instance_settings, machine_account
from techfloor.cli.steps import StepError, say
from techfloor.cli.verify import refuse_other_version
from techfloor.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from techfloor.reports.written_out import Parts, Written

    Read = Callable[[int], Parts]


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
    settings = instance_settings(args)
    with _reading(settings) as connection:
        wanted = [of_number(connection, number.strip(), args.into) for number in args.number]
        if args.since is not None:
            wanted.append(of_days(connection, args.kind, (args.since, args.until), args.into))
    _keep(settings, wanted)
    for each in wanted:
        with _reading(settings) as connection:
            made = write(connection, settings, each).resolve()
        how = f"`python3 -m techfloor export --check {made}`" if each.packed else "`sha256sum -c SHA256SUMS` in it"
        say(f"✓ {made}: check it any time with {how}.")
    return 0


@contextmanager
def _reading(settings: Settings) -> Iterator["Connection"]:
    """Read at one moment; while an act is kept nobody of this process reads, which holds a writer up on some files."""
    from techfloor.migrations.upgrade import engine_for  # noqa: PLC0415 - `--help` needs no database
    from techfloor.store import databases  # noqa: PLC0415
    from techfloor.store.databases import Line  # noqa: PLC0415

    with engine_for(settings.database).connect() as connection:
        databases.of(connection).begin(connection.connection.dbapi_connection, Line())
        refuse_other_version(connection)
        yield connection


@dataclass(frozen=True)
class Taking:
    """What is written out: the records, where to, and what they were asked for by; a time is packed as one archive."""

    kind: str
    records: Sequence["Written"]
    to: Path
    asked: Mapping[str, str]

    @property
    def packed(self) -> bool:
        """True for an archive, False for the folder of one record."""
        return bool(self.asked)


def of_number(connection: "Connection", number: str, into: Path) -> Taking:
    """Return a record with all its versions, to be written into a new folder named after it.

    Raises StepError for a record that is not there, and for a folder that stands there already.
    """
    from techfloor.reports import written_out  # noqa: PLC0415

    found = written_out.of_number(connection, number)
    if not found:
        raise StepError(f"There is no record {number}.")
    return Taking(str(found[0].line["kind"]), found, _free(into / found[0].top), {})


def of_days(connection: "Connection", kind: str, days: tuple[date, date | None], into: Path) -> Taking:
    """Return the records of a kind that were performed on these days of the plant, to be packed into one archive."""
    from sqlalchemy import text  # noqa: PLC0415

    from techfloor import clock  # noqa: PLC0415
    from techfloor.reports import written_out  # noqa: PLC0415

    zone = connection.scalar(text("SELECT zone FROM plant")) or "UTC"
    first, last = days[0], days[1] or clock.now().astimezone(ZoneInfo(zone)).date()
    since, until = (clock.midnight(day, zone) for day in (first, last + timedelta(days=1)))
    found = written_out.performed_between(connection, kind, since, until)
    if not found:
        raise StepError(f"No {kind} was performed from {first} to {last}.")
    made = into / f"techfloor-{written_out.safe_name(kind)}-{first}-{last}.zip"
    return Taking(kind, found, _free(made), {"since": first.isoformat(), "until": last.isoformat()})


def _free(place: Path) -> Path:
    if place.exists():
        raise StepError(f"{place} stands there already. Move it away, or name another place with --into.")
    return place


def _keep(settings: Settings, wanted: Sequence[Taking]) -> None:
    """Keep in the trail what is taken away before it is written: raises StepError where that cannot be kept."""
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415

    from techfloor import clock, store  # noqa: PLC0415
    from techfloor.app import create_app  # noqa: PLC0415
    from techfloor.reports import exporting  # noqa: PLC0415

    account = machine_account()
    with create_app(settings).app_context():
        try:
            with store.act("reports:records:export"):
                for each in wanted:
                    exporting.keep_by_command(
                        each.kind, [record.id for record in each.records], each.asked, account=account, at=clock.now()
                    )
        except DBAPIError as error:
            raise StepError(
                f"Nothing was written out, for it could not be kept who took it: {error.orig}. The command needs to "
                "write to the instance, as the server does."
            ) from error
        finally:
            store.db.session.remove()
            store.db.engine.dispose()


def write(connection: "Connection", settings: Settings, taking: Taking) -> Path:
    """Write what is taken to its place, whole or not at all; returns the place."""
    from techfloor.reports import written_out  # noqa: PLC0415
    from techfloor.store import blobs  # noqa: PLC0415

    kept = blobs.kept_by(settings, connection)

    def read(record_id: int) -> Iterator[tuple[str, bytes]]:
        return written_out.parts_of(connection, kept, record_id)

    return _packed(taking, read) if taking.packed else _folder(taking, read)


def _folder(taking: Taking, read: "Read") -> Path:
    from techfloor.reports import written_out  # noqa: PLC0415

    files = list(written_out.files_of(taking.records, read))
    taking.to.mkdir(parents=True)  # not before everything is there
    for name, data in files:
        (taking.to / name).parent.mkdir(parents=True, exist_ok=True)
        (taking.to / name).write_bytes(data)
    return taking.to


def _packed(taking: Taking, read: "Read") -> Path:
    from techfloor import clock  # noqa: PLC0415
    from techfloor.reports import written_out  # noqa: PLC0415

    days = {"from": taking.asked["since"], "to": taking.asked["until"]}
    about = {"kind": taking.kind, **days, "by": "the command export"}
    taking.to.parent.mkdir(parents=True, exist_ok=True)
    beside = taking.to.with_suffix(".part")
    with beside.open("wb") as file:
        beside.chmod(0o600)
        for piece in written_out.archive(taking.records, read, about, clock.now()):
            file.write(piece)
    beside.replace(taking.to)
    return taking.to


def _check(path: Path) -> int:
    from techfloor.reports import read_again  # noqa: PLC0415

    if not path.exists():
        raise StepError(f"There is nothing at {path}.")
    found = read_again.check(path)
    for problem in found.problems:
        say(f"✕ {problem}")
    if found.problems:
        return 1
    say(f"✓ {found.contents} contents are what was signed, and {found.files} files what was written out.")
    say(read_again.NOT_PROVEN)
    return 0
