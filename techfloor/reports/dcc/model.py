"""A calibration certificate as plain data: what is written as XML, and what is found in one that was read.

Units are those of `measures.units`. A number that has none there keeps the words it was stated in, `stated`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class When(StrEnum):
    """Which side of an adjustment a result belongs to."""

    ANY = ""
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True)
class Quantity:
    """A number with its unit; U with its coverage factor and probability where they are stated.

    `unit` is '' where the table of units does not know it. `stated` is what stood in the file, '' for what is written.
    """

    value: Decimal
    unit: str
    u: Decimal | None = None
    k: Decimal | None = None
    probability: Decimal | None = None
    stated: str = ""


@dataclass(frozen=True)
class Point:
    """What was found at one point; `error` is measured less reference (VIM 2.16), `deviation` value less nominal."""

    label: str = ""
    nominal: Quantity | None = None
    reference: Quantity | None = None
    measured: Quantity | None = None
    error: Quantity | None = None
    deviation: Quantity | None = None
    lower: Quantity | None = None
    upper: Quantity | None = None
    words: str = ""
    """An answer that is no number: goes, does not go."""
    conformity: str = ""


@dataclass(frozen=True)
class Result:
    """A table of points; `rule` says what its conformity rests on."""

    name: str
    points: tuple[Point, ...]
    when: When = When.ANY
    description: str = ""
    rule: str = ""


@dataclass(frozen=True)
class Identification:
    """A number of a thing, by who gave it: manufacturer, calibrationLaboratory, customer, owner or other."""

    issuer: str
    value: str
    name: str = ""
    ref_type: str = ""


@dataclass(frozen=True)
class Item:
    """What was calibrated, or what it was calibrated with."""

    name: str
    maker: str = ""
    model: str = ""
    identifications: tuple[Identification, ...] = ()
    description: str = ""


@dataclass(frozen=True)
class Party:
    """A laboratory or a customer."""

    name: str
    address: str = ""


@dataclass(frozen=True)
class Person:
    """Who answers for the certificate."""

    name: str
    role: str = ""
    description: str = ""
    main: bool = False


@dataclass(frozen=True)
class Method:
    """How it was done."""

    name: str
    description: str = ""
    reference: str = ""


@dataclass(frozen=True)
class Condition:
    """A condition of the room."""

    name: str
    value: Quantity
    description: str = ""
    ref_type: str = ""


@dataclass(frozen=True)
class Statement:
    """Something said of the whole certificate."""

    name: str
    text: str
    ref_type: str = ""
    conformity: str = ""


@dataclass(frozen=True)
class Certificate:
    """A whole certificate; `replaces` names the one that it amends, `unread` what was found and not understood."""

    number: str
    laboratory: Party
    begun: date
    ended: date
    items: tuple[Item, ...]
    results: tuple[Result, ...]
    issued: date | None = None
    customer: Party = Party("")
    persons: tuple[Person, ...] = ()
    statements: tuple[Statement, ...] = ()
    methods: tuple[Method, ...] = ()
    equipment: tuple[Item, ...] = ()
    conditions: tuple[Condition, ...] = ()
    country: str = "ZZ"
    language: str = "en"
    name: str = ""
    replaces: str = ""
    release: str = ""
    schema: str = ""
    unread: tuple[str, ...] = ()
    signed: bool = False
    """True where the XML carries a signature of its own, which is not checked."""
