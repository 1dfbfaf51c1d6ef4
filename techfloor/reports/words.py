"""How a paper writes days, times, names and codes, in its language and the plant's zone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.lists import format_list

Translate = Callable[[str], str]


@dataclass(frozen=True)
class PaperWords:
    """The language and the time zone that one paper is written in."""

    language: str
    zone: ZoneInfo
    translate: Translate

    def day(self, moment: datetime, *, long: bool = False) -> str:
        """Write the day of `moment` in the plant's zone: 18 Nov 2026."""
        return format_date(moment.astimezone(self.zone), "d MMMM y" if long else "d MMM y", locale=self.language)

    def time(self, moment: datetime, zone: ZoneInfo | None = None) -> str:
        """Write `moment` with its offset: 18 Nov 2026, 14:38 (UTC+01:00)."""
        local = moment.astimezone(zone or self.zone)
        offset = local.strftime("%z")
        day = format_date(local, "d MMM y", locale=self.language)
        return f"{day}, {local:%H:%M} (UTC{offset[:3]}:{offset[3:5]})"

    def to_the_second(self, moment: datetime, zone: ZoneInfo | None = None) -> str:
        """Write the moment of a signature, where the order is read: 18 Nov 2026, 14:38:05 (UTC+01:00)."""
        seconds = f"{moment.astimezone(zone or self.zone):%S}"
        return self.time(moment, zone).replace(" (UTC", f":{seconds} (UTC")

    def calendar_day(self, day: str) -> str:
        """Write a day that came as YYYY-MM-DD."""
        return format_date(datetime.fromisoformat(day), "d MMM y", locale=self.language)

    def names(self, names: Sequence[str]) -> str:
        """Write names one after the other: Tara Kowalski and Otto Lindqvist."""
        return format_list(names, locale=self.language)

    def trail(self, seq: int, head: str) -> str:
        """Write the anchor that a paper carries: place and beginning of the hash of the newest act."""
        return self.translate("Trail %(seq)s · %(head)s") % {
            "seq": f"{seq:,}".replace(",", "\u00a0"),
            "head": in_fours(head[:12], " "),
        }


def in_fours(text: str, between: str) -> str:
    """Write a code in groups of four, as people read it aloud."""
    return between.join(text[n : n + 4] for n in range(0, len(text), 4))


def moment(text: str) -> datetime:
    """Read a moment of the canonical content, which ends in Z."""
    return datetime.fromisoformat(text)


def number(text: str | None) -> Decimal | None:
    """Read a number as it was typed; None for nothing, or for an answer in words such as "goes"."""
    if not text:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def with_minus(text: str | None) -> str:
    """Write a number as it was typed, with a true minus sign."""
    return (text or "").replace("-", "−") if number(text) is not None else text or ""


def sentence(text: str) -> str:
    """Begin `text` with a capital letter and end it with a full stop."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
