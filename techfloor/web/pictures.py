"""How a picture is decoded: one at a time, and not at all when it was cut short."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import ImageFile

_ONE = threading.Lock()


@contextmanager
def decoding() -> Iterator[None]:
    """Decode a picture in the block.

    A file of a few hundred kilobytes may unfold to hundreds of megabytes: several at once would fill the memory.
    Libraries that draw pages switch Pillow to accept pictures cut short, for the whole process; here one is no picture.
    """
    with _ONE:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        yield
