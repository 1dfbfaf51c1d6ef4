"""Which column of a file is meant by which of ours: guessed from its head, kept from before, or chosen."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from techfloor.refusals import Refusal
from techfloor.web.importing import Column, Importer, numbered
from techfloor.web.plain_text import LINE

Matching = Mapping[int, str]
"""The key of our column, by the place of the file's."""

_UNIT_BEHIND = re.compile(r"[(\[][^()\[\]]*[)\]]")
_NUMBER_BEHIND = re.compile(r"\s*#?(\d{1,2})$")


def plain_word(head: str) -> str:
    """Return a head as it is compared: small, without accents, signs and what stands in brackets."""
    bare = unicodedata.normalize("NFKD", _UNIT_BEHIND.sub("", head[:LINE])).casefold().replace("ß", "ss")
    letters = "".join(sign if sign.isalnum() else " " for sign in bare if not unicodedata.combining(sign))
    return " ".join(letters.split())


def guessed(importer: Importer, head: Sequence[str], before: Mapping[str, str]) -> dict[int, str]:
    """Guess what each column means; what was chosen `before` for a head of these words comes first.

    No two columns mean the same: the first that fits has it, whole words before a part of them.
    """
    found: dict[int, str] = {}
    known = _words_of(importer.columns)
    counted = _words_of(each for each in importer.columns if each.most > 1)
    for place, word in enumerate(head):
        key = before.get(plain_word(word))
        if key and key not in found.values():
            found[place] = key
    for place, word in enumerate(head):
        key = _key_for(plain_word(word), known, counted)
        if place not in found and plain_word(word) not in before and key and key not in found.values():
            found[place] = key
    return found


def _words_of(columns: Iterable[Column]) -> dict[str, Column]:
    known: dict[str, Column] = {}
    for column in columns:
        for words in (column.key, str(column.title), *column.words):
            known.setdefault(plain_word(words), column)
    return known


def _key_for(word: str, known: Mapping[str, Column], counted: Mapping[str, Column]) -> str | None:
    """Return the key for a head; one with a number behind it is first that of a column which stands several times."""
    if word in known:
        return known[word].key
    behind = _NUMBER_BEHIND.search(word)
    if behind is None:
        return None
    bare, n = word[: behind.start()], int(behind[1])
    column = counted.get(bare) or known.get(bare)
    return numbered(column.key, n) if column is not None and 1 <= n <= column.most else None


def most_times(importer: Importer, head: Sequence[str]) -> int:
    """Return how often the columns that can stand several times may: as often as the heads count, and once more."""
    counted = [int(found[1]) for word in head if (found := _NUMBER_BEHIND.search(plain_word(word)))]
    most = max(each.most for each in importer.columns)
    return min(most, max([1, *(n for n in counted if n <= most)]) + 1)


def checked(importer: Importer, matching: Matching) -> None:
    """Refuse a matching in which two columns mean the same, or one that is needed is missing."""
    keys = list(matching.values())
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise Refusal("Two columns go to “%(title)s”. Choose one of them.", title=title_of(importer, twice))
    missing = [f"“{each.title}”" for each in importer.columns if each.needed and each.key not in keys]
    if len(missing) == 1:
        raise Refusal("Choose which column holds %(title)s.", title=missing[0])
    if missing:
        raise Refusal("Choose which columns hold these: %(titles)s.", titles=", ".join(missing))


def title_of(importer: Importer, key: str) -> str:
    """Return the title of a column, with the number behind its key."""
    column = importer.column(key)
    return f"{column.title}{key.removeprefix(column.key)}"


def remembered(matching: Matching, head: Sequence[str]) -> dict[str, str]:
    """Write a matching down by the words of the heads, '' for a column that is left out."""
    return {plain_word(word): matching.get(place, "") for place, word in enumerate(head) if plain_word(word)}
