"""What outlasts a power cut: bytes once their file was forced to the disk, a name once its folder was."""

import errno
import os
from pathlib import Path

_CANNOT = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EACCES})


def force(file: Path) -> None:
    """Force the bytes of a file to the disk."""
    with file.open("rb+") as handle:
        os.fsync(handle.fileno())


def force_folder(*folders: Path) -> None:
    """Force the names in each of the folders to the disk, where the system can."""
    if os.name != "posix":
        return
    for folder in folders:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        except OSError as error:
            if error.errno not in _CANNOT:  # a network share may have no such call
                raise
        finally:
            os.close(handle)
