"""Notes every deed on the files of an instance: what SQLite writes and forces, and what Python does beside it.

SQLite is watched where it speaks to the system, in its own table of functions (sqlite3_vfs, sqlite3_io_methods; the
order of their members is fixed by sqlite3.h): the same library, the same pragmas and the same files as in service.
"""

import ctypes
import importlib
import io
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_int64, c_void_p
from pathlib import Path
from typing import Any

from techfloor.store.databases.sqlite import sqlite_module

from .disk import Deed, Force, ForceFolder, MakeFolder, Remove, Rename, Told, Truncate, Write

_OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_DELETE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)
_WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
_SYNC = CFUNCTYPE(c_int, c_void_p, c_int)


class _Methods(ctypes.Structure):
    """sqlite3_io_methods, version 3."""

    _fields_ = (
        ("version", c_int),
        ("close", c_void_p),
        ("read", c_void_p),
        ("write", c_void_p),
        ("truncate", c_void_p),
        ("sync", c_void_p),
        ("others", c_void_p * 13),
    )


class _Vfs(ctypes.Structure):
    """sqlite3_vfs, up to what is watched."""

    _fields_ = (
        ("version", c_int),
        ("size", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", c_void_p),
        ("delete", c_void_p),
    )


class _OpenFile(ctypes.Structure):
    """sqlite3_file."""

    _fields_ = (("methods", POINTER(_Methods)),)


class Recorder:
    """The deeds on the files below a folder, in their order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.deeds: list[Deed] = []
        self._guard = threading.Lock()

    def note(self, deed: Deed) -> None:
        """Note what was done."""
        with self._guard:
            self.deeds.append(deed)

    def told(self, words: str) -> None:
        """Note that somebody was told these words are saved."""
        self.note(Told(words))

    def watches(self, path: Path) -> bool:
        """Tell whether a file is one of the folder."""
        return path.is_relative_to(self.folder)


@contextmanager
def recording(folder: Path) -> Iterator[Recorder]:
    """Note what is done below a folder; only connections opened meanwhile are watched."""
    recorder = Recorder(folder)
    with _sqlite_watched(recorder), _python_watched(recorder):
        yield recorder


@contextmanager
def _sqlite_watched(recorder: Recorder) -> Iterator[None]:
    vfs = _default_vfs()
    opened, deleted = vfs.open, vfs.delete
    watch = _Watch(recorder, _OPEN(opened), _DELETE(deleted))
    vfs.open, vfs.delete = (ctypes.cast(each, c_void_p).value for each in watch.vfs_functions)
    try:
        yield
    finally:
        vfs.open, vfs.delete = opened, deleted
        _kept.append(watch)  # a connection that is still open goes on calling it


_kept: list[object] = []


def _default_vfs() -> _Vfs:
    name = "_sqlite3" if sqlite_module() is sqlite3 else f"{sqlite_module().__package__}._sqlite3"
    library = ctypes.CDLL(importlib.import_module(name).__file__)
    library.sqlite3_vfs_find.restype = POINTER(_Vfs)
    vfs: _Vfs = library.sqlite3_vfs_find(None).contents
    return vfs


class _Watch:
    """The functions that stand before SQLite's own, and pass on what they were given."""

    def __init__(self, recorder: Recorder, opened: Any, deleted: Any) -> None:
        self.recorder = recorder
        self.paths: dict[int, Path] = {}
        self.methods: dict[int, _Methods] = {}
        self.vfs_functions = _OPEN(self._opening), _DELETE(self._deleting)
        self.file_functions = _WRITE(self._writing), _TRUNCATE(self._truncating), _SYNC(self._forcing)
        self._open, self._delete = opened, deleted
        self._own: tuple[Any, ...] = ()

    def _opening(self, vfs: int, name: int | None, file: int, flags: int, given: int) -> int:
        code: int = self._open(vfs, name, file, flags, given)
        path = Path(os.fsdecode(ctypes.string_at(name))) if name else Path()
        if code == 0 and self.recorder.watches(path):
            found = _OpenFile.from_address(file)
            own = ctypes.addressof(found.methods.contents)
            if own not in self.methods:  # a database, which is locked, has another table than its journal
                self.methods[own] = self._standing_before(found.methods.contents)
            self.paths[file] = path
            found.methods = ctypes.pointer(self.methods[own])
        return code

    def _standing_before(self, own: _Methods) -> _Methods:
        self._own = _WRITE(own.write), _TRUNCATE(own.truncate), _SYNC(own.sync)
        made = _Methods.from_buffer_copy(own)
        made.write, made.truncate, made.sync = (ctypes.cast(each, c_void_p).value for each in self.file_functions)
        return made

    def _writing(self, file: int, data: int, size: int, at: int) -> int:
        self.recorder.note(Write(self.paths[file], at, ctypes.string_at(data, size)))
        code: int = self._own[0](file, data, size, at)
        return code

    def _truncating(self, file: int, size: int) -> int:
        self.recorder.note(Truncate(self.paths[file], size))
        code: int = self._own[1](file, size)
        return code

    def _forcing(self, file: int, flags: int) -> int:
        path, began = self.paths[file], len(self.recorder.deeds)
        code: int = self._own[2](file, flags)
        self.recorder.note(Force(path, began))
        if path.name.endswith(("-wal", "-journal")):  # SQLite forces the folder of a new journal along with it
            self.recorder.note(ForceFolder(path.parent, began))
        return code

    def _deleting(self, vfs: int, name: int, forced: int) -> int:
        path = Path(os.fsdecode(ctypes.string_at(name)))
        code: int = self._delete(vfs, name, forced)
        if code == 0 and self.recorder.watches(path):
            self.recorder.note(Remove(path))
            if forced:
                self.recorder.note(ForceFolder(path.parent, len(self.recorder.deeds)))
        return code


@contextmanager
def _python_watched(recorder: Recorder) -> Iterator[None]:
    own = (io.open, os.fsync, os.replace, os.mkdir)
    io.open, os.fsync, os.replace, os.mkdir = _watchers(recorder, *own)
    try:
        yield
    finally:
        io.open, os.fsync, os.replace, os.mkdir = own


def _watchers(recorder: Recorder, opened: Any, forced: Any, replaced: Any, made: Any) -> tuple[Callable[..., Any], ...]:
    def open_(file: Any, mode: str = "r", buffering: int = -1, *words: Any, **named: Any) -> Any:
        path = _path_of(file)
        if not recorder.watches(path) or not set(mode) & set("wax+"):
            return opened(file, mode, buffering, *words, **named)
        raw = _Raw(file, mode.replace("b", "").replace("t", ""))
        raw.path, raw.recorder, raw.appends = path, recorder, "a" in mode
        buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, *words, **named)

    def fsync(handle: int) -> None:
        path, began = _path_of(handle), len(recorder.deeds)
        forced(handle)
        if recorder.watches(path):
            recorder.note(ForceFolder(path, began) if path.is_dir() else Force(path, began))

    def replace(old: Any, new: Any) -> None:
        replaced(old, new)
        if recorder.watches(_path_of(new)):
            recorder.note(Rename(_path_of(old), _path_of(new)))

    def mkdir(path: Any, *words: Any, **named: Any) -> None:
        made(path, *words, **named)
        if recorder.watches(_path_of(path)):
            recorder.note(MakeFolder(_path_of(path)))

    return open_, fsync, replace, mkdir


def _path_of(file: Any) -> Path:
    return Path(f"/proc/self/fd/{file}").readlink() if isinstance(file, int) else Path(os.fspath(file)).absolute()


class _Raw(io.FileIO):
    """A file of Python's that notes what it is given."""

    path: Path
    recorder: Recorder
    appends: bool

    def write(self, data: Any) -> int:
        """Write, and note it."""
        at = os.fstat(self.fileno()).st_size if self.appends else self.tell()
        written = super().write(data)
        self.recorder.note(Write(self.path, at, bytes(data)[:written]))
        return written
