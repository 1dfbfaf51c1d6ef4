"""A backup as a file: what it holds, and that each part of it is what it was when it was made."""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from techfloor.cli.steps import StepError

MANIFEST = "manifest.json"
FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a backup says of itself; `files` names each part with the SHA-256 of its bytes."""

    made_at: datetime
    version: str
    database: str
    head_seq: int
    head_hash: str
    demo: bool
    schema: str
    """The step that its tables stand at."""
    files: Mapping[str, str]


def write(file: Path, manifest: Manifest, parts: Mapping[str, Path]) -> None:
    """Write a backup that only its owner may read, on the disk when this returns."""
    words = json.dumps({"format": FORMAT, **asdict(manifest), "made_at": manifest.made_at.isoformat()}, indent=1)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        with tarfile.open(fileobj=out, mode="w") as tar:
            _add(tar, MANIFEST, words.encode())
            for name, part in parts.items():
                tar.add(part, name, recursive=False)
        out.flush()
        os.fsync(out.fileno())


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


def read(file: Path) -> Manifest:
    """Return what a backup says of itself; raises StepError where the file is none."""
    try:
        with tarfile.open(file, "r:") as tar:
            found = tar.extractfile(MANIFEST)
            given = json.load(found) if found else {}
    except (tarfile.TarError, KeyError, ValueError, EOFError) as error:
        raise StepError(f"{file} is no backup of techfloor, or is damaged: {error}") from error
    if given.get("format") != FORMAT:
        raise StepError(f"{file} was made by a newer techfloor. Put that version in place first.")
    given["made_at"] = datetime.fromisoformat(given["made_at"])
    return Manifest(**{name: value for name, value in given.items() if name != "format"})


def extract(file: Path, manifest: Manifest, folder: Path) -> None:
    """Unpack a backup into `folder`; raises StepError for a part that is missing, foreign or not what it was."""
    try:
        with tarfile.open(file, "r:") as tar:
            tar.extractall(folder, filter="data")
    except (tarfile.TarError, EOFError) as error:
        raise StepError(f"{file} is damaged: {error}") from error
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
    for name in sorted(there ^ set(manifest.files)):
        raise StepError(f"{file} is damaged: {name} {'does not belong in it' if name in there else 'is missing'}.")
    for name, sha256 in manifest.files.items():
        if hash_of(folder / PurePosixPath(name)) != sha256:
            raise StepError(f"{file} is damaged: {name} is not what it was when the backup was made.")


def hash_of(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
