"""What people did at the gauges besides calibrating them, as the data has it: checks in use and gauge studies."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from techfloor.cli.demo.days import Calendar, Row, read_toml


@dataclass(frozen=True)
class Check:
    """The check of a gauge, set up once, and a word for each time it was due; `values` has a line for each week."""

    gauge: str
    function: str
    applied: str
    code: str
    what: str
    nominal: str
    limits: str
    every: str
    words: str
    set_up: datetime
    first: date
    days: tuple[int, ...]
    hours: tuple[time, ...]
    by: tuple[str, ...]
    tablet: str
    review: bool
    values: tuple[tuple[str, ...], ...]

    def given(self) -> Iterator[tuple[date, time, str, str]]:
        """Give (day, hour, who, word) of each time, in their order."""
        times = [(day, hour) for day in self.days for hour in self.hours]
        count = 0
        for week, words in enumerate(self.values):
            for (day, hour), word in zip(times, words, strict=False):
                who = self.by[count % len(self.by)]
                yield self.first + timedelta(days=7 * week + day), hour, who, word
                count += 1


@dataclass(frozen=True)
class Study:
    """A gauge study: how it was set up, when each appraiser began, and what each read on each part.

    `only` is how many values each gave of one under way; `signed` is None for that.
    """

    gauge: str
    sort: str
    subject: str
    function: str
    basis: str
    lower: str
    upper: str
    parts: tuple[str, ...]
    bad: tuple[str, ...]
    repeats: int
    appraisers: tuple[str, ...]
    tablet: str
    set_up: datetime
    begins: tuple[datetime, ...]
    only: tuple[int, ...]
    signed: datetime | None
    read: dict[str, tuple[tuple[str, ...], ...]]


def read_checks(calendar: Calendar) -> tuple[Check, ...]:
    """Read the checks in use."""
    return tuple(_check(calendar, row) for row in read_toml("work.toml")["check"])


def _check(calendar: Calendar, row: Row) -> Check:
    lines = tuple(tuple(line.split()) for line in row["values"].strip().splitlines())
    hours = tuple(time.fromisoformat(each) for each in row["hours"])
    return calendar.shape(Check, row, used=("values", "hours"), values=lines, hours=hours)


def read_studies(calendar: Calendar) -> tuple[Study, ...]:
    """Read the gauge studies."""
    return tuple(_study(calendar, row) for row in read_toml("work.toml")["study"])


def _study(calendar: Calendar, row: Row) -> Study:
    return calendar.shape(
        Study,
        row,
        used=("begins", "signed", "read"),
        begins=tuple(calendar.moment(each) for each in row["begins"]),
        signed=calendar.moment(row["signed"]) if row["signed"] else None,
        read={who: tuple(tuple(line.split()) for line in lines) for who, lines in row["read"].items()},
    )
