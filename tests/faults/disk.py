"""A disk that loses its power: what was forced to it stands, of the rest any part may stand, torn as sectors tear.

A file is what was forced of it, and what waits. A name is durable once its folder was forced: a new file, a renamed one
and a new folder are gone with the power before that. Folders lose their newest names first, as a journal does.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTORS = (512, 4096)
KEPT_OF_WHAT_WAITS = (0.0, 0.5, 0.9, 1.0)


@dataclass(frozen=True)
class Write:
    """Bytes were given to a file."""

    path: Path
    at: int
    data: bytes


@dataclass(frozen=True)
class Truncate:
    """A file was cut to a size."""

    path: Path
    size: int


@dataclass(frozen=True)
class Force:
    """A file was forced to the disk, with what it had been given when that began."""

    path: Path
    began: int


@dataclass(frozen=True)
class ForceFolder:
    """The names in a folder were forced to the disk."""

    path: Path
    began: int


@dataclass(frozen=True)
class MakeFolder:
    """A folder was made."""

    path: Path


@dataclass(frozen=True)
class Rename:
    """A file got another name, in place of what had it."""

    old: Path
    new: Path


@dataclass(frozen=True)
class Remove:
    """A file was taken away."""

    path: Path


@dataclass(frozen=True)
class Told:
    """Somebody was told that these words are saved."""

    words: str


Deed = Write | Truncate | Force | ForceFolder | MakeFolder | Rename | Remove | Told


@dataclass
class _File:
    durable: bytearray = field(default_factory=bytearray)
    waiting: list[tuple[int, Write | Truncate]] = field(default_factory=list)

    def force(self, began: int) -> None:
        for _, deed in (each for each in self.waiting if each[0] < began):
            _apply(self.durable, deed)
        self.waiting = [each for each in self.waiting if each[0] >= began]

    def as_left(self, chance: random.Random) -> bytes:
        """Return what stands of it: each sector that waited is there or is not."""
        left, kept, sector = bytearray(self.durable), chance.choice(KEPT_OF_WHAT_WAITS), chance.choice(SECTORS)
        for _, deed in self.waiting:
            for piece in _torn(deed, sector):
                if chance.random() < kept:
                    _apply(left, piece)
                elif isinstance(piece, Write) and chance.random() < kept:
                    _grow(left, piece.at + len(piece.data))  # its length came to the disk, and its bytes did not
        return bytes(left)


def _apply(content: bytearray, deed: Write | Truncate) -> None:
    if isinstance(deed, Truncate):
        del content[deed.size :]
        return
    _grow(content, deed.at)
    content[deed.at : deed.at + len(deed.data)] = deed.data


def _grow(content: bytearray, size: int) -> None:
    content.extend(bytes(max(size - len(content), 0)))


def _torn(deed: Write | Truncate, sector: int) -> Iterator[Write | Truncate]:
    if isinstance(deed, Truncate):
        yield deed
        return
    at, end = deed.at, deed.at + len(deed.data)
    while at < end:
        stop = min(at - at % sector + sector, end)
        yield Write(deed.path, at, deed.data[at - deed.at : stop - deed.at])
        at = stop


@dataclass(frozen=True)
class _Name:
    """A change of a folder that waits: a name that leads to a file or a folder (None), or leads nowhere (gone)."""

    number: int
    path: Path
    leads_to: _File | None
    gone: bool = False


class Disk:
    """What a machine gave to its disk, deed by deed, and what is left of it when the power goes."""

    def __init__(self, folder: Path) -> None:
        """Begin with the files of a folder, all on the disk."""
        self.root = folder
        self.durable: dict[Path, _File | None] = {folder: None}
        for path in folder.rglob("*"):
            self.durable[path] = _File(bytearray(path.read_bytes())) if path.is_file() else None
        self.seen = dict(self.durable)
        self.names: list[_Name] = []
        self.met = 0

    def do(self, deed: Deed) -> None:
        """Take in the next deed."""
        match deed:
            case Write() | Truncate():
                self._file(deed.path).waiting.append((self.met, deed))
            case Force():
                self._file(deed.path).force(deed.began)
            case ForceFolder():
                self._force_folder(deed)
            case MakeFolder():
                self._name(deed.path, None)
            case Rename():
                found = self._file(deed.old)
                self._name(deed.new, found)
                self._name(deed.old, None, gone=True)
            case Remove():
                self._name(deed.path, None, gone=True)
            case Told():
                pass
        self.met += 1

    def _file(self, path: Path) -> _File:
        found = self.seen.get(path)
        if found is None:
            found = _File()
            self._name(path, found)
        return found

    def _name(self, path: Path, leads_to: _File | None, *, gone: bool = False) -> None:
        name = _Name(self.met, path, leads_to, gone)
        self.names.append(name)
        _rename(self.seen, name)

    def _force_folder(self, deed: ForceFolder) -> None:
        forced = [each for each in self.names if each.path.parent == deed.path and each.number < deed.began]
        for name in forced:
            _rename(self.durable, name)
        self.names = [each for each in self.names if each not in forced]

    def as_left(self, chance: random.Random) -> dict[Path, bytes]:
        """Return the files that stand when the power goes now, by their place in the folder."""
        names, left = dict(self.durable), dict[Path, bytes]()
        for name in self.names[: chance.randint(0, len(self.names))]:
            _rename(names, name)
        for path, found in names.items():
            if found is not None and all(
                folder in names for folder in path.parents if folder.is_relative_to(self.root)
            ):
                left[path.relative_to(self.root)] = found.as_left(chance)
        return left


def _rename(names: dict[Path, _File | None], name: _Name) -> None:
    if name.gone:
        names.pop(name.path, None)
    else:
        names[name.path] = name.leads_to
