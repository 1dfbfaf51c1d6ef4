"""Attachments and issued PDFs, kept under the hash of their bytes: as files, or beside the records on a server."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Protocol

from sqlalchemy import text
from sqlalchemy.engine import Connection

from techfloor.settings import Settings
from techfloor.store.acts import apart, looking_at, now_writing
from techfloor.store.base import db
from techfloor.store.disk import force_folder


class MissingBlob(Exception):
    """The bytes of this hash are gone, or are no longer what they were."""


NAMED_IN = ("issued_pdf", "attachment", "certificate_file", "import_run", "job_line")
"""The tables whose rows name a file by its hash, as `sha256`."""


def hash_of(data: bytes) -> str:
    """Return the SHA-256 that bytes are kept under."""
    return hashlib.sha256(data).hexdigest()


def checked(data: bytes | None, sha256: str) -> bytes:
    """Return `data` where it is what its name says; raises MissingBlob else."""
    if data is None or hash_of(data) != sha256:
        raise MissingBlob(sha256)
    return data


class Blobs(Protocol):
    """Where bytes are kept under their hash."""

    def put(self, data: bytes) -> str:
        """Keep `data` and return its SHA-256."""

    def get(self, sha256: str) -> bytes:
        """Return the bytes of `sha256`; raises MissingBlob when they are gone or changed."""


def kept_by(settings: Settings, connection: Connection | None = None) -> Blobs:
    """Return where an instance keeps its blobs: files beside an SQLite file, rows on a database server.

    Rows are read over `connection` where one is given, as a command does that serves nothing.
    """
    return BlobFiles(settings.blobs) if settings.database_file else BlobRows(connection)


def make(connection: Connection) -> None:
    """Make the table of blobs on a database server, where every server process has them; for the migration."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("CREATE TABLE blob (sha256 text PRIMARY KEY, data bytea NOT NULL)")


class BlobRows:
    """A table of bytes, on a server whose backup holds all."""

    def __init__(self, connection: Connection | None = None) -> None:
        self.connection = connection

    def put(self, data: bytes) -> str:
        """Keep `data`, with the act under way or by itself, and return its SHA-256."""
        values = {"sha256": hash_of(data), "data": data}
        insert = text("INSERT INTO blob (sha256, data) VALUES (:sha256, :data) ON CONFLICT DO NOTHING")
        if now_writing():
            db.session.execute(insert, values)
        else:
            with apart() as session:
                session.execute(insert, values)
        return str(values["sha256"])

    def get(self, sha256: str) -> bytes:
        """Return the bytes of `sha256`; raises MissingBlob when they are gone or changed."""
        wanted = text("SELECT data FROM blob WHERE sha256 = :sha256")
        if self.connection is not None:
            return checked(self.connection.scalar(wanted, {"sha256": sha256}), sha256)
        if now_writing():
            return checked(db.session.scalar(wanted, {"sha256": sha256}), sha256)
        with looking_at() as session:
            return checked(session.scalar(wanted, {"sha256": sha256}), sha256)


class BlobFiles:
    """A folder of files named by their SHA-256."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def put(self, data: bytes) -> str:
        """Keep `data` and return its SHA-256; it is on the disk before the name is, and the name when this returns."""
        sha256 = hash_of(data)
        path = self._path(sha256)
        if not path.exists():
            self._write(path, data)
        # Each of these folders may be new, also one that somebody else has just made.
        force_folder(path.parent, self.folder, self.folder.parent)
        return sha256

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)

    def get(self, sha256: str) -> bytes:
        """Return the bytes of `sha256`; raises MissingBlob when they are gone or changed."""
        try:
            data = self._path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise MissingBlob(sha256) from error
        return checked(data, sha256)
