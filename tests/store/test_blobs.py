"""Files under their hash: the same bytes once, changed bytes never."""

from pathlib import Path

import pytest

from techfloor.store.blobs import BlobFiles, MissingBlob


def test_what_is_put_is_got(tmp_path: Path) -> None:
    blobs = BlobFiles(tmp_path)
    name = blobs.put(b"paper")
    assert blobs.get(name) == b"paper"
    assert blobs.put(b"paper") == name
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 1


def test_changed_bytes_are_not_served(tmp_path: Path) -> None:
    blobs = BlobFiles(tmp_path)
    name = blobs.put(b"paper")
    next(p for p in tmp_path.rglob(name)).write_bytes(b"other")
    with pytest.raises(MissingBlob):
        blobs.get(name)


def test_a_name_that_is_no_hash_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(MissingBlob):
        BlobFiles(tmp_path).get("../../etc/passwd")
