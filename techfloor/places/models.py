"""Tables of the plant itself."""

from sqlalchemy import Boolean, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from techfloor.store import Audit, JsonText, Table


class Plant(Table):
    """The one plant of an instance."""

    __tablename__ = "plant"
    __audit__ = Audit()

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text, default="")
    zone: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text, default="en")
    units: Mapped[str] = mapped_column(Text, default="metric")
    profile: Mapped[str] = mapped_column(Text, default="small")
    demo: Mapped[bool] = mapped_column(Boolean, default=False)


class PlantSetting(Table):
    """A setting that differs from the plant's profile."""

    __tablename__ = "plant_setting"
    __audit__ = Audit(deletable=True)

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[object] = mapped_column(JsonText)


class Area(Table):
    """A part of the plant that people and devices belong to; `line` is the name on its signs."""

    __tablename__ = "area"
    __audit__ = Audit()

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    line: Mapped[str] = mapped_column(Text, default="")
    ambient: Mapped[str] = mapped_column(Text, default="")


class Station(Table):
    """A place within an area where equipment stands."""

    __tablename__ = "station"
    __audit__ = Audit()

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    code: Mapped[str] = mapped_column(Text, unique=True)


class Shift(Table):
    """A shift; times are the plant's local HH:MM, a night shift belongs to the day it began."""

    __tablename__ = "shift"
    __audit__ = Audit()

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    starts: Mapped[str] = mapped_column(Text)
    ends: Mapped[str] = mapped_column(Text)
    days: Mapped[list[str]] = mapped_column(JsonText)
    areas: Mapped[list[str]] = mapped_column(JsonText, default=list)
    breaks: Mapped[list[str]] = mapped_column(JsonText, default=list)
