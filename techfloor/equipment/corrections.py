"""What a corrected entry of a certificate states otherwise than the one before, as far as it counts. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from techfloor.equipment.entries import uncertainty_said
from techfloor.said import Said, day_said, kept, say


class Stated(Protocol):
    """What a certificate states, as it is kept and as it is shown."""

    @property
    def issued(self) -> date: ...
    @property
    def valid_until(self) -> date: ...
    @property
    def uncertainty(self) -> dict[str, str]: ...
    @property
    def certified(self) -> Sequence[Mapping[str, str]]: ...


def differences(before: Stated, now: Stated) -> list[Said]:
    """Say what differs, old and new: the certified values, the U of each and of all with k, and the days it holds."""
    return [*_values(before, now), *_uncertainty(before, now), *_days(before, now)]


def shortly(found: Sequence[Said], most: int = 3) -> list[Said]:
    """Return the first of what differs, and how many more there are."""
    more = len(found) - most
    return [*found[:most], say("equipment.differs.more", count=more)] if more > 0 else list(found)


def reaches(before: Stated, now: Stated, used_on: date) -> bool:
    """Tell whether what was measured on a day rests on something else: on other values, or on no day it holds."""
    if _values(before, now) or _uncertainty(before, now):
        return True
    return before.issued <= used_on <= before.valid_until and not now.issued <= used_on <= now.valid_until


def _values(before: Stated, now: Stated) -> list[Said]:
    """Say how values differ, by their nominals.

    One that was not there before counts for nothing but its own U, where that of all the others stood for it.
    """
    then, new = ({Decimal(row["nominal"]): row for row in each.certified} for each in (before, now))
    found: list[Said] = []
    for nominal, row in then.items():
        other = new.get(nominal, {})
        if not _same(row["value"], other.get("value", "")):
            found.append(_said("value", row["nominal"], row["value"], other.get("value", "")))
        if other and not _same(row.get("u", ""), other.get("u", "")):
            found.append(_said("u", row["nominal"], row.get("u", ""), other.get("u", "")))
    if before.uncertainty.get("kind", "per value") != "per value":
        added = [row for nominal, row in new.items() if nominal not in then and row.get("u")]
        found += [_said("u", row["nominal"], "", row["u"]) for row in added]
    return found


def _uncertainty(before: Stated, now: Stated) -> list[Said]:
    same = all(
        _same(_part(before, name), _part(now, name))
        for name in ("kind", "constant", "percent", "per_metre", "unit", "k")
    )
    if same:
        return []
    then, new = (kept(uncertainty_said(each.uncertainty)) for each in (before, now))
    return [say("equipment.differs.uncertainty", before=then or "–", after=new or "–")]


def _part(of: Stated, name: str) -> str:
    """Return a part of what is stated: a percentage needs no unit, and k is 2 where none is given."""
    stated = of.uncertainty
    if name == "unit" and stated.get("kind") == "percent":
        return ""
    return stated.get(name) or ("2" if name == "k" and stated.get("kind") else "")


def _days(before: Stated, now: Stated) -> list[Said]:
    days = (("issued", before.issued, now.issued), ("valid-until", before.valid_until, now.valid_until))
    return [
        say(f"equipment.differs.{name}", before=day_said(then), after=day_said(new))
        for name, then, new in days
        if then != new
    ]


def _said(what: str, nominal: str, before: str, after: str) -> Said:
    return say(f"equipment.differs.{what}", nominal=nominal, before=before or "–", after=after or "–")


def _same(one: str, other: str) -> bool:
    """Tell whether two say the same: 25.0 is 25.00."""
    try:
        return one == other or Decimal(one) == Decimal(other)
    except ArithmeticError:
        return False
