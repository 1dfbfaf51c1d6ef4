"""Ready-made calibration procedures: what a plant may put in force as it stands, and the demo plant has in force."""

import functools
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

from techfloor.refusals import NotFound

# What a revision says itself is not part of its body.
_OF_THE_REVISION = frozenset({"code", "version", "effective"})


@functools.cache
def rows() -> tuple[Mapping[str, Any], ...]:
    """Return the ready-made procedures, in the order of their codes."""
    text = resources.files(__package__).joinpath("ready_made.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["procedure"])


def find(code: str) -> Mapping[str, Any]:
    """Return one of them; raises NotFound."""
    row = next((row for row in rows() if row["code"] == code), None)
    if row is None:
        raise NotFound("There is no ready-made procedure %(code)s.", code=code)
    return row


def body(row: Mapping[str, Any], standards: tuple[str, ...] | None = None) -> dict[str, Any]:
    """Return the body of a revision; `standards` are this plant's own in place of those named in it."""
    made = {key: value for key, value in row.items() if key not in _OF_THE_REVISION}
    if standards is not None:
        made["standards"] = list(standards)
    return made
