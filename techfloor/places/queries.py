"""Reads of the plant: what every page must know of it."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from techfloor.clock import WEEKDAYS
from techfloor.measures.shifts import day_began
from techfloor.places.models import Area, Plant, PlantSetting, Shift, Station
from techfloor.places.profile import Profile, keys
from techfloor.store import db
from techfloor.store.trail import ActRow, ChangeRow, TableOfChange

_TABLES = tuple(table.__tablename__ for table in (Plant, PlantSetting, Shift))
_NEWEST = select(func.max(ActRow.seq))
_TOUCHED = (
    select(ChangeRow.id)
    .join(ActRow, ActRow.id == ChangeRow.act)
    .where(ActRow.seq > bindparam("seen"), TableOfChange().in_(_TABLES))
    .limit(1)
)


@dataclass(frozen=True)
class ShiftHours:
    """A shift as the clock sees it."""

    key: str
    name: str
    starts: time
    ends: time
    days: frozenset[str]
    areas: frozenset[str] = frozenset()
    """The keys of the areas that it runs in, none for all."""

    def covers(self, local: datetime) -> bool:
        """Tell whether `local` falls in this shift; a night shift belongs to the day it began."""
        if WEEKDAYS[day_began(local, self.starts, self.ends).weekday()] not in self.days:
            return False
        if self.starts <= self.ends:
            return self.starts <= local.time() < self.ends
        return local.time() >= self.starts or local.time() < self.ends


@dataclass(frozen=True)
class PlantFacts:
    """The plant as pages need it."""

    name: str
    address: str
    zone: str
    language: str
    demo: bool
    profile: Profile
    shifts: tuple[ShiftHours, ...]
    units: str = "metric"

    @property
    def paper(self) -> str:
        """The paper that this plant prints on: "A4", or "Letter" where it works in US customary units."""
        return "A4" if self.units == "metric" else "Letter"

    def shift_at(self, moment: datetime) -> ShiftHours | None:
        """Return the shift that runs at `moment`."""
        local = moment.astimezone(ZoneInfo(self.zone))
        return next((shift for shift in self.shifts if shift.covers(local)), None)

    def in_area(self, key: str) -> "PlantFacts":
        """Return the plant with the shifts that run in an area; all of them for what has no place."""
        return replace(
            self, shifts=tuple(each for each in self.shifts if not key or not each.areas or key in each.areas)
        )


class PlantNotice:
    """Remembers the plant's facts until the trail tells of a change in one of their tables."""

    def __init__(self) -> None:
        self._seen: tuple[int, PlantFacts | None] | None = None

    def read(self, session: Session) -> PlantFacts | None:
        """Return the plant, None before it is set up."""
        if self._seen is None:
            self._seen = (session.scalar(_NEWEST) or 0, read_plant(session))
            return self._seen[1]
        seen, facts = self._seen
        newest = session.scalar(_NEWEST) or 0
        if newest != seen:
            touched = session.scalar(_TOUCHED, {"seen": seen}) is not None
            facts = read_plant(session) if touched else facts
            self._seen = (newest, facts)
        return facts


def read_plant(session: Session) -> PlantFacts | None:
    """Read the plant with its profile and shifts."""
    plant = session.scalar(select(Plant))
    if plant is None:
        return None
    known = set(keys())  # what was put away stands in the same table
    changed = {row.key: row.value for row in session.scalars(select(PlantSetting)) if row.key in known}
    shifts = [_shift(row) for row in session.scalars(select(Shift).order_by(Shift.id))]
    return PlantFacts(
        name=plant.name,
        address=plant.address,
        zone=plant.zone,
        language=plant.language,
        demo=plant.demo,
        profile=Profile(plant.profile, changed),
        shifts=tuple(shifts),
        units=plant.units,
    )


def _shift(row: Shift) -> ShiftHours:
    starts, ends = time.fromisoformat(row.starts), time.fromisoformat(row.ends)
    return ShiftHours(row.key, row.name, starts, ends, frozenset(row.days), frozenset(row.areas))


def day_at_plant(at: datetime, session: Session | None = None) -> date:
    """Return the day that a moment falls on at the plant, in UTC before it is set up."""
    zone = (session or db.session).scalar(select(Plant.zone)) or "UTC"
    return at.astimezone(ZoneInfo(zone)).date()


def areas(session: Session) -> list[Area]:
    """Return the areas in the order they were made."""
    return list(session.scalars(select(Area).order_by(Area.id)))


def areas_with_stations() -> list[tuple[int, str, int | None, str]]:
    """Read every area with its stations: (area id, area, station id, station), an area itself first."""
    rows = db.session.execute(
        select(Area.id, Area.name, Station.id, Station.code)
        .outerjoin(Station, Station.area_id == Area.id)
        .order_by(Area.id, Station.code)
    )
    found: list[tuple[int, str, int | None, str]] = []
    for area_id, area, station_id, station in rows:
        if not found or found[-1][0] != area_id:
            found.append((area_id, area, None, ""))
        if station_id is not None:
            found.append((area_id, area, station_id, station))
    return found
