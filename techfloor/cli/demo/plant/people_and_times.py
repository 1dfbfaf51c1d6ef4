"""Who made each calibration of the history, on which tablet, in which room, and when."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from techfloor.cli.demo.plant.numbers import Measured, to_step
from techfloor.cli.demo.shapes import EnvironmentLimit, Gauge

PERFORMERS = {
    "machining": ("T", "T", "thea"),
    "gauge-room": ("T",),
    "filling": ("femke", "felix"),
    "assembly": ("O", "O", "olga"),
    "packing": ("orhan",),
}
REVIEWERS = ("Q", "quentin")
TABLETS = {"filling": "T-03", "assembly": "T-05", "packing": "T-07", "machining": "T-02"}
# Built in, or too large or too wet to carry to the gauge room.
AT_THEIR_PLACE = (
    "balance",
    "pH meter",
    "built-in torque transducer",
    "built-in pressure gauge",
    "torque wrench",
)
GAUGE_ROOM_TABLET = "T-04"
REVIEW_HOUR = time(13, 10)
FRIDAY = 4


@dataclass(frozen=True)
class Occasion:
    """Who, where and when: the room's values are (quantity, value as typed)."""

    performed_by: str
    tablet: str
    started_at: datetime
    condition: str
    soak_minutes: int
    ambient: tuple[tuple[str, str], ...]


class Diary:
    """Gives each calibration its person and hours; nobody does two at once. Days must come in order."""

    def __init__(self) -> None:
        self._busy_until: dict[str, datetime] = {}

    def occasion(self, measured: Measured, stream: random.Random) -> Occasion:
        """Draw the circumstances of one calibration."""
        gauge, procedure = measured.gauge, measured.procedure
        who = "O" if gauge.code == "G-011" else stream.choice(PERFORMERS[gauge.area])
        tablet = TABLETS[gauge.area] if gauge.kind in AT_THEIR_PLACE else GAUGE_ROOM_TABLET
        room = 20.0 if tablet == GAUGE_ROOM_TABLET else 22.0
        drawn = tuple((limit.quantity, _ambient(stream, limit, room)) for limit in procedure.environment)
        return Occasion(
            performed_by=who,
            tablet=tablet,
            started_at=self._start(measured.day, who, stream),
            condition=stream.choice(("clean, no damage", "clean, no damage", "light wear, no damage")),
            soak_minutes=procedure.soak_minutes + stream.randint(0, 20),
            ambient=measured.ambient or drawn,
        )

    def _start(self, day: date, who: str, stream: random.Random) -> datetime:
        hour = stream.choice((7, 8, 9, 10, 15, 16))
        start = datetime.combine(day, time(hour, stream.randint(0, 59), stream.randint(0, 59)))
        earliest = self._busy_until.get(who, start) + timedelta(minutes=10)
        return max(start, earliest) if who in self._busy_until else start

    def keep_busy(self, who: str, until: datetime) -> None:
        """Note until when a person was at work on a calibration."""
        self._busy_until[who] = until


def _ambient(stream: random.Random, limit: EnvironmentLimit, room: float) -> str:
    if limit.quantity == "humidity":
        return str(to_step(stream.uniform(38, 57), "1"))
    middle = 25.0 if limit.quantity == "buffer temperature" else room
    return str(to_step(middle + stream.uniform(-0.8, 0.8), "0.1"))


class Clock:
    """Walks from reading to reading through one calibration."""

    def __init__(self, start: datetime, stream: random.Random) -> None:
        self._now, self._stream = start, stream

    def after(self, shortest: int, longest: int) -> datetime:
        """Let some seconds pass."""
        self._now += timedelta(seconds=self._stream.randint(shortest, longest))
        return self._now

    def stamped(self, rows: Sequence[list[object]], shortest: int, longest: int) -> list[list[object]]:
        """Put the time behind each row."""
        return [[*row, self.after(shortest, longest).isoformat()] for row in rows]


def review_of(gauge: Gauge, signed: datetime) -> tuple[str, str] | tuple[None, None]:
    """Give who reviewed and when: passes go together on Friday; the failed wrench waits for its review."""
    if gauge.code == "G-011" and signed.date() == gauge.last_calibrated:
        return None, None
    friday = signed.date() + timedelta((FRIDAY - signed.weekday()) % 7)
    at = datetime.combine(friday, REVIEW_HOUR)
    if at <= signed:
        at += timedelta(weeks=1)
    return REVIEWERS[at.isocalendar().week % 5 == 0], at.isoformat()
