"""Attachments and issued PDFs, kept as files under the hash of their bytes."""

import hashlib
import os
import tempfile
from pathlib import Path


class MissingBlob(Exception):
    """The bytes of this hash are gone, or are no longer what they were."""


def hash_of(data: bytes) -> str:
    """Return the SHA-256 that bytes are kept under."""
    return hashlib.sha256(data).hexdigest()


class Blobs:
    """A folder of files named by their SHA-256."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def put(self, data: bytes) -> str:
        """Keep `data` and return its SHA-256; it is on the disk before the name is."""
        sha256 = hash_of(data)
        path = self._path(sha256)
        if path.exists():
            return sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
        _sync_folder(path.parent)
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the bytes of `sha256`; raises MissingBlob when they are gone or changed."""
        try:
            data = self._path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise MissingBlob(sha256) from error
        if hash_of(data) != sha256:
            raise MissingBlob(sha256)
        return data


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
