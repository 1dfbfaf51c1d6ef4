"""Tables of equipment and its ledgers: Hold, Due, Log."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from techfloor.store import Audit, Day, ExactDecimal, JsonText, Table, UtcTime


class Equipment(Table):
    """A machine, a gauge or a reference standard; its code stands on its label."""

    __tablename__ = "equipment"
    __audit__ = Audit()

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    maker: Mapped[str] = mapped_column(Text, default="")
    serial: Mapped[str] = mapped_column(Text, default="")
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    station_id: Mapped[int | None] = mapped_column(ForeignKey("station.id"))
    part_of_id: Mapped[int | None] = mapped_column(ForeignKey("equipment.id"))
    lifecycle: Mapped[str] = mapped_column(Text, default="in service")
    availability: Mapped[str] = mapped_column(Text, default="")
    acquired: Mapped[date | None] = mapped_column(Day)
    note: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        CheckConstraint("kind IN ('machine', 'gauge', 'standard')", name="kind"),
        CheckConstraint("lifecycle IN ('planned', 'qualifying', 'in service', 'retired')", name="lifecycle"),
        Index("ix_equipment_kind_area_id", "kind", "area_id"),
    )


class Gauge(Table):
    """What a gauge adds: its status, its procedure and its interval."""

    __tablename__ = "gauge"
    __audit__ = Audit()

    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    procedure_id: Mapped[int | None] = mapped_column(ForeignKey("definition.id"))
    point_set: Mapped[str] = mapped_column(Text, default="")
    interval_months: Mapped[int] = mapped_column(Integer)
    limited_use: Mapped[str] = mapped_column(Text, default="")
    in_use_check: Mapped[str] = mapped_column(Text, default="")
    calibrated_by: Mapped[str] = mapped_column(Text, default="in house")
    sent_on: Mapped[date | None] = mapped_column(Day)
    expected_back: Mapped[date | None] = mapped_column(Day)
    loads: Mapped[dict[str, str]] = mapped_column(JsonText, default=dict)

    __table_args__ = (
        CheckConstraint(
            "status IN ('in use', 'spare', 'sent out', 'limited use', 'indication only', "
            "'calibrate before use', 'lost', 'retired')",
            name="status",
        ),
    )


class GaugeFunction(Table):
    """One thing a gauge measures, with what it can show and how wrong it may be."""

    __tablename__ = "gauge_function"
    __audit__ = Audit(deletable=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    gauge_id: Mapped[int] = mapped_column(ForeignKey("gauge.equipment_id"))
    place: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text)
    low: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    high: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    resolution: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    reads_to: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    tolerance: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("gauge_id", "place"),)


class Standard(Table):
    """What a reference standard adds: what it embodies, and how it stays valid."""

    __tablename__ = "standard"
    __audit__ = Audit()

    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id"), primary_key=True)
    quantity: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text)
    resolution: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    low: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    high: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    interval_months: Mapped[int] = mapped_column(Integer)
    reference_material: Mapped[bool] = mapped_column(Boolean, default=False)
    opened_use_days: Mapped[int | None] = mapped_column(Integer)


class StandardCertificate(Table):
    """A certificate of a standard: its validity, its uncertainty and its values, as the laboratory gave them.

    A slip is corrected by another row that `replaces_id` this one, and says why in `reason`; the one that was replaced
    or withdrawn has `ended_at` and stays, since records rest on it.
    """

    __tablename__ = "standard_certificate"
    __audit__ = Audit()

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    standard_id: Mapped[int] = mapped_column(ForeignKey("standard.equipment_id"))
    number: Mapped[str] = mapped_column(Text)
    laboratory: Mapped[str] = mapped_column(Text)
    issued: Mapped[date] = mapped_column(Day)
    valid_until: Mapped[date] = mapped_column(Day)
    opened: Mapped[date | None] = mapped_column(Day)
    uncertainty_text: Mapped[str] = mapped_column(Text, default="")
    uncertainty: Mapped[dict[str, str]] = mapped_column(JsonText, default=dict)
    certified: Mapped[list[dict[str, str]]] = mapped_column(JsonText, default=list)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("standard_certificate.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_why: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        Index(
            "uq_standard_certificate_standing",
            "standard_id",
            "number",
            unique=True,
            sqlite_where=ended_at.is_(None),
            postgresql_where=ended_at.is_(None),
        ),
    )


class CertificateFile(Table):
    """The laboratory's paper of a certificate, by the hash of its bytes; a corrected entry names the same file anew."""

    __tablename__ = "certificate_file"
    __audit__ = Audit(append_only=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("standard_certificate.id"), index=True)
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(Text)
    added_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(UtcTime)


class EquipmentHold(Table):
    """Why a piece of equipment may not be used, until the hold is lifted; `work` is what placed it without a record."""

    __tablename__ = "equipment_hold"
    __audit__ = Audit(root="record_id")

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id"))
    reason: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"))
    placed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    placed_at: Mapped[datetime] = mapped_column(UtcTime)
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    lift_words: Mapped[str] = mapped_column(Text, default="")
    work: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        CheckConstraint("reason IN ('out of tolerance', 'damaged', 'missing', 'safety', 'other')", name="reason"),
        Index(
            "ix_equipment_hold_open",
            "equipment_id",
            sqlite_where=lifted_at.is_(None),
            postgresql_where=lifted_at.is_(None),
        ),
    )


class EquipmentDue(Table):
    """What is due on a piece of equipment, and when; one row for each kind of work, moved on when it is done."""

    __tablename__ = "equipment_due"
    __audit__ = Audit(deletable=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id"))
    work: Mapped[str] = mapped_column(Text)
    due: Mapped[date] = mapped_column(Day)
    last_done: Mapped[date | None] = mapped_column(Day)
    last_record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"))

    __table_args__ = (UniqueConstraint("equipment_id", "work"), Index("ix_equipment_due_due", "due"))


class GoodCheck(Table):
    """A check between two calibrations in which a gauge was good at one of its functions (ISO/IEC 17025:2017, 6.4.10).

    `value` is what it should have shown, in `unit`: it was good there. `words` say what was applied and read; one that
    was not good after all is taken back and stays.
    """

    __tablename__ = "equipment_good_check"
    __audit__ = Audit()

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id"))
    function: Mapped[str] = mapped_column(Text)
    value: Mapped[Decimal] = mapped_column(ExactDecimal)
    unit: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (Index("ix_equipment_good_check_equipment_id_at", "equipment_id", "at"),)


class CalendarFeed(Table):
    """An address at which calendar programs read due days; its secret stands in the address, here only its SHA-256.

    That of the whole plant has no area.
    """

    __tablename__ = "calendar_feed"
    __audit__ = Audit(hidden=("secret_hash",))

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    secret_hash: Mapped[str] = mapped_column(Text, unique=True)
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)


class EquipmentLog(Table):
    """What happened to a piece of equipment, in the order it happened."""

    __tablename__ = "equipment_log"
    __audit__ = Audit(append_only=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id"))
    event: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"))
    at: Mapped[datetime] = mapped_column(UtcTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    __table_args__ = (Index("ix_equipment_log_equipment_id_at", "equipment_id", "at"),)
