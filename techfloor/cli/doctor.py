"""`doctor`: looks the machine and an instance over, and says what is wrong and what to do about it."""

import argparse
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from techfloor import clock
from techfloor.cli import floor, system
from techfloor.cli.backup import last_backup
from techfloor.cli.instance import add_instance, instance_settings
from techfloor.cli.steps import say
from techfloor.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

GOOD, CAUTION, WRONG = "✓", "!", "✕"
MAIL_LOOKS_BACK = timedelta(days=2)
BACKUP_GROWS_OLD = timedelta(days=2)
ROOM_LEFT = 500 * 1_000_000
"""Bytes below which a disk is nearly full."""
SECRET_KEY_BYTES = 32
FONTS_KEPT = 6


@dataclass(frozen=True)
class Finding:
    """What one look found: good, a caution or wrong, and a sentence that says what to do."""

    mark: str
    words: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `doctor` takes."""
    add_instance(parser)


def run(args: argparse.Namespace) -> int:
    """Look everything over; 1 when something is wrong."""
    settings = instance_settings(args)
    findings = list(look(settings))
    for finding in findings:
        say(f"{finding.mark} {finding.words}")
    wrong = sum(finding.mark == WRONG for finding in findings)
    cautions = sum(finding.mark == CAUTION for finding in findings)
    say(f"\n{wrong} wrong, {cautions} to look at. `verify` checks the records themselves.")
    return 1 if wrong else 0


def look(settings: Settings) -> Iterator[Finding]:
    """Look over the machine, the folder and the database of an instance."""
    looks: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _python,
        _pdf,
        _folder,
        _secret,
        _address,
        _network,
        _disk,
        _database,
        _backups,
    )
    for each in looks:
        try:
            yield from each(settings)
        except OSError as error:
            yield Finding(WRONG, f"{error.filename} cannot be read: {error.strerror}.")


def _python(_settings: Settings) -> Iterator[Finding]:
    from techfloor import __version__  # noqa: PLC0415

    yield Finding(GOOD, f"techfloor {__version__} on Python {sys.version.split()[0]}")
    old = [Finding(WRONG, f"{each.words}. Install what requirements.txt names") for each in floor.below()]
    yield from old or [Finding(GOOD, "No package has a known hole that the floor names")]


def _pdf(_settings: Settings) -> Iterator[Finding]:
    lacking = system.missing_pdf_packages()
    if lacking:
        yield Finding(WRONG, f"No PDF can be made: libraries are missing. Type: {system.install_line(lacking)}")
    else:
        yield Finding(GOOD, "The libraries for PDFs are there")
    from techfloor.reports.pdf import FONTS  # noqa: PLC0415

    fonts = [file for file in FONTS.glob("*.woff2") if file.stat().st_size]
    if len(fonts) < FONTS_KEPT:
        yield Finding(WRONG, f"Fonts are missing in {FONTS}: install techfloor afresh")
    else:
        yield Finding(GOOD, f"{len(fonts)} fonts are there")


def _folder(settings: Settings) -> Iterator[Finding]:
    kind = system.file_system(settings.instance)
    if settings.database_file and kind in system.NETWORK_FILE_SYSTEMS:
        yield Finding(
            WRONG,
            f"{settings.instance} is on a network ({kind}), where SQLite loses records. Move it to a disk",
        )
    if stat.S_IMODE(settings.instance.stat().st_mode) & 0o077:
        words = f"Others on this machine can look into {settings.instance}. Type: chmod 700 {settings.instance}"
        yield Finding(CAUTION, words)
    if not os.access(settings.instance, os.W_OK):
        yield Finding(WRONG, f"{settings.instance} cannot be written by this user")
    for left in sorted([*settings.instance.glob(".restoring-*"), *settings.instance.glob("backups/.making-*")]):
        yield Finding(CAUTION, f"{left} was left by a command that was cut off. Delete it")
    if not settings.anchors_copy:
        yield Finding(CAUTION, "Anchors are kept on this machine alone. Set anchors_copy to a folder of another one")


def _secret(settings: Settings) -> Iterator[Finding]:
    file = settings.instance / "secret.key"
    if not file.exists():
        yield Finding(CAUTION, "There is no secret key: the next start makes one, and everybody signs in again")
        return
    if file.stat().st_size < SECRET_KEY_BYTES:
        yield Finding(
            WRONG, f"{file} is too short. Delete it: the next start makes a new one, and everybody signs in again"
        )
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        yield Finding(WRONG, f"Others can read {file}. Type: chmod 600 {file}")
    else:
        yield Finding(GOOD, "The secret key is its owner's alone")


def _address(settings: Settings) -> Iterator[Finding]:
    """Look at where the codes on paper lead: labels and certificates live for years."""
    if not settings.public_url and not settings.demo:
        yield Finding(
            CAUTION,
            "The plant has no address: codes on labels and certificates may lead nobody but this machine here. Set "
            "public_url before the first is printed",
        )


def _network(settings: Settings) -> Iterator[Finding]:
    """Look at what the settings say of the ways that secrets and records take through a network."""
    way = urlsplit(settings.public_url)
    if way.scheme == "http" and way.hostname not in _HERE:
        yield Finding(
            CAUTION,
            f"Browsers reach {settings.public_url} without TLS, and whoever listens reads PINs. Put a proxy with a "
            "certificate before it, and set secure_cookies",
        )
    if way.scheme == "https" and not settings.secure_cookies:
        yield Finding(CAUTION, "Browsers come over TLS, and their cookies are not bound to it. Set secure_cookies")
    for name in ("database_url", "database_owner_url"):
        unproven = _unproven_hosts(getattr(settings, name))
        if unproven:
            yield Finding(
                CAUTION,
                f"Nobody checks that {', '.join(unproven)} of {name} is the server it should be. Add "
                "sslmode=verify-full and sslrootcert to it",
            )


_HERE = frozenset({"localhost", "127.0.0.1", "::1", None})


def _unproven_hosts(url: str) -> list[str]:
    """Return the hosts of a database's URL that are on other machines and whose certificate is not checked."""
    parts = urlsplit(url)
    if not parts.scheme.startswith("postgres"):
        return []
    asked = parse_qs(parts.query)
    if asked.get("sslmode", [""])[-1] == "verify-full":
        return []
    hosts = [*parts.netloc.rpartition("@")[2].split(","), *asked.get("host", [])]
    names = [host[1:].partition("]")[0] if host[:1] == "[" else host.partition(":")[0] for host in hosts]
    return [name for name in names if name and name not in _HERE and not name.startswith("/")]


def _disk(settings: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(settings.instance).free
    size = settings.database_file.stat().st_size if settings.database_file else 0
    mark = CAUTION if free < max(ROOM_LEFT, 2 * size) else GOOD
    yield Finding(mark, f"{free / 1e9:.1f} GB are free on the disk" + (": make room" if mark == CAUTION else ""))


def _backups(settings: Settings) -> Iterator[Finding]:
    last = last_backup(settings)
    if last is None:
        yield Finding(CAUTION, "No backup was ever made here. Type: python3 -m techfloor backup")
        return
    age = clock.now() - last.made_at
    words = f"The last backup is of {last.made_at:%Y-%m-%d %H:%M} UTC: {last.file}"
    if not last.file.exists():
        yield Finding(CAUTION, f"{words}, which is gone from there")
    else:
        yield Finding(CAUTION if age > BACKUP_GROWS_OLD else GOOD, words)


def _database(settings: Settings) -> Iterator[Finding]:
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 - `--help` needs no package

    from techfloor.migrations.upgrade import engine_for  # noqa: PLC0415

    try:
        with engine_for(settings.database).connect() as connection:
            yield from (_sqlite if connection.dialect.name == "sqlite" else _postgresql)(connection)
            yield from _version(connection)
            yield from _tables(connection)
            yield from _clock(connection)
            yield from _files(connection, settings)
            yield from _mail(connection, settings)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        yield Finding(WRONG, f"The database cannot be read: {reason}. Put back the last backup with `restore`")


def _mail(connection: "Connection", settings: Settings) -> Iterator[Finding]:
    if not settings.mails:
        return
    from sqlalchemy import text  # noqa: PLC0415

    from techfloor.store.types import utc_text  # noqa: PLC0415

    wanted = text("SELECT why FROM mail_sent WHERE state = 'failed' AND at > :since ORDER BY at DESC")
    whys = list(connection.execute(wanted, {"since": utc_text(clock.now() - MAIL_LOOKS_BACK)}).scalars())
    if whys:
        yield Finding(WRONG, f"E-mail to {len(whys)} could not be sent by {settings.smtp_host}: {whys[0]}")
    else:
        yield Finding(GOOD, f"E-mail goes out by {settings.smtp_host}")


def _sqlite(connection: "Connection") -> Iterator[Finding]:
    from techfloor.store.databases.sqlite import journal_mode, sqlite_module  # noqa: PLC0415

    module = sqlite_module()
    wanted = journal_mode(module.sqlite_version_info)
    found = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()).upper()
    mark = GOOD if found == wanted else CAUTION
    yield Finding(
        mark, f"SQLite {module.sqlite_version}, journal {found}{f', where {wanted} is safe' if mark != GOOD else ''}"
    )
    wrong = [row[0] for row in connection.exec_driver_sql("PRAGMA quick_check(3)") if row[0] != "ok"]
    if wrong:
        yield Finding(WRONG, f"The database is damaged: {'; '.join(wrong)}. Put back the last backup with `restore`")
    else:
        yield Finding(GOOD, "The database is whole")


def _postgresql(connection: "Connection") -> Iterator[Finding]:
    version = connection.exec_driver_sql("SHOW server_version").scalar_one()
    yield Finding(GOOD, f"PostgreSQL {version}")
    for name, safe in (("fsync", "on"), ("full_page_writes", "on")):
        if connection.exec_driver_sql(f"SHOW {name}").scalar_one() != safe:
            yield Finding(WRONG, f"{name} is off on the server: a power cut loses records. Set it to {safe}")
    if connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() in {"off", "local"}:
        yield Finding(
            CAUTION, "synchronous_commit is off: what was acknowledged last may be lost in a crash. Set it to on"
        )


def _version(connection: "Connection") -> Iterator[Finding]:
    from techfloor.migrations.upgrade import Standing, schema_of  # noqa: PLC0415

    schema = schema_of(connection)
    if schema.standing is Standing.NEWER:
        yield Finding(WRONG, schema.refusal.removesuffix("."))
    elif schema.standing is Standing.OLDER:
        yield Finding(WRONG, "The tables are those of an older version. Type: python3 -m techfloor upgrade")


def _tables(connection: "Connection") -> Iterator[Finding]:
    from techfloor.migrations.upgrade import differences  # noqa: PLC0415
    from techfloor.store import databases  # noqa: PLC0415

    for each in differences(connection)[:5]:
        yield Finding(WRONG, f"The tables are not as this version makes them: {each}")
    database = databases.of(connection)
    if database.installed_triggers(connection) == database.expected_triggers():
        yield Finding(GOOD, "The triggers that keep the trail are in place")
    else:
        yield Finding(
            WRONG, "The triggers that keep the trail are not as this version writes them. `verify` names them"
        )


def _clock(connection: "Connection") -> Iterator[Finding]:
    import json  # noqa: PLC0415

    bodies = connection.exec_driver_sql("SELECT body FROM act ORDER BY seq DESC LIMIT 500").scalars().all()
    if not bodies:
        return
    newest = max(datetime.fromisoformat(json.loads(body)["at"]) for body in bodies)
    behind = newest - clock.now()
    if behind > timedelta(minutes=1):
        yield Finding(WRONG, f"The clock stands {behind} behind the newest record. Set it right before anybody signs")
    else:
        yield Finding(GOOD, "The clock is not behind the newest record")


def _files(connection: "Connection", settings: Settings) -> Iterator[Finding]:
    from techfloor.store.blobs import NAMED_IN  # noqa: PLC0415

    tables = " UNION ".join(f"SELECT sha256 FROM {table} WHERE sha256 IS NOT NULL" for table in NAMED_IN)  # noqa: S608 - names of our own
    named = set(connection.exec_driver_sql(tables).scalars())
    if settings.database_file is None:
        there = set(connection.exec_driver_sql("SELECT sha256 FROM blob").scalars())
    else:
        there = {file.name for file in settings.blobs.rglob("*") if file.is_file()}
    if named - there:
        yield Finding(WRONG, f"Files of records that are gone: {len(named - there)}. Put them back from a backup")
    left = len(there - named)
    if left:
        yield Finding(
            CAUTION, f"Files that belong to no record: {left}. They were sent and never kept, or left by a restore"
        )
