"""Several PDF files as one, to be printed in one go; the joined file is no record, its parts are."""

from collections.abc import Iterable
from io import BytesIO
from tempfile import TemporaryFile
from typing import BinaryIO

import pikepdf


def joined(parts: Iterable[bytes], title: str) -> BinaryIO:
    """Return one PDF of the pages of all `parts`, in their order, at its beginning, ready to be read."""
    made = TemporaryFile()  # noqa: SIM115 - who sends it closes it
    with pikepdf.new() as whole:
        for part in parts:
            with pikepdf.open(BytesIO(part)) as each:
                whole.pages.extend(each.pages)
        with whole.open_metadata() as facts:
            facts["dc:title"] = title
        whole.save(made, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    made.seek(0)
    return made
