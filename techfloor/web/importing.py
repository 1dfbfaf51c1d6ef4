"""What a room or a duty says of a thing that can be brought in from a sheet: its columns, and what a row would do."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from techfloor.refusals import Refusal
from techfloor.web.plain_text import LINE, check_line, check_text

Values = Mapping[str, str]
"""What a row says, by the key of its column: of a column that is in the file; an empty cell says nothing."""
COMMA = "decimal comma"
"""Stands among the values where the file writes its numbers with a comma."""


class Deed(StrEnum):
    """What a row would do."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True)
class Column:
    """A thing a row may say. `words` are the heads by which it is guessed, beside its title and key.

    Without one that is `needed` no row can be read; what only a new thing must have is asked for in its row. One that
    can stand several times (`most`) has a number behind its key from the second on: `unit 2`. A cell of it has up to
    `longest` letters, and several `lines` where it says so.
    """

    key: str
    title: Any
    words: tuple[str, ...] = ()
    needed: bool = False
    most: int = 1
    hint: Any = ""
    longest: int = LINE
    lines: bool = False

    def check(self, text: str, key: str) -> None:
        """Refuse what no box of a form would take, at the key of the column: before anything reads it."""
        (check_text if self.lines else check_line)(text, key, self.longest)


@dataclass(frozen=True)
class Difference:
    """What a row changes: the column, what stands there now, and what will."""

    column: str
    before: str
    after: str


@dataclass(frozen=True)
class Planned:
    """What one row would do; `do` does it, in the act under way, and may refuse.

    It is given the key of the import it belongs to. `key` says by what the row is known again, in a form that people
    read, where that is more than its code.
    """

    code: str
    name: str
    url: str
    deed: Deed
    differences: tuple[Difference, ...] = ()
    notes: tuple[Refusal, ...] = ()
    do: Callable[[int], object] = lambda _run: None
    key: str = ""


Plan = Callable[[Values], Planned]
"""Says what a row would do; reads only, and raises Refusal, at the key of a column, where it cannot be."""


@dataclass(frozen=True)
class Importer:
    """One kind of thing that is brought in.

    `code` is the key of the column by which a thing is known again; `begin` reads what the rows with these codes need
    and gives the plan; `all_there_is` says what the plant has as rows of such a file; `example` shows some rows. Of
    what a thing has `several`, such as certificates, a code stands in several rows: each is known by `Planned.key`.
    """

    key: str
    title: Any
    icon: str
    permission: str
    columns: tuple[Column, ...]
    code: str
    begin: Callable[[Collection[str]], Plan]
    all_there_is: Callable[[], Iterable[Values]]
    example: tuple[Values, ...]
    several: bool = False

    def column(self, key: str) -> Column:
        """Return the column of a key, whatever number stands behind it."""
        return next(each for each in self.columns if each.key == key.rpartition(" ")[0] or each.key == key)

    def keys(self, most: int) -> list[str]:
        """Return the keys of all columns, those that can stand several times up to `most` times."""
        several = [each for each in self.columns if each.most > 1]
        once = [each.key for each in self.columns if each.most == 1]
        return once + [numbered(each.key, n) for n in range(1, most + 1) for each in several if n <= each.most]


def numbered(key: str, n: int) -> str:
    """Return the key of a column that stands for the n-th time, counted from 1."""
    return key if n == 1 else f"{key} {n}"
