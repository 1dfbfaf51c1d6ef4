"""Tables of issued PDFs, and of what was taken away in bulk."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from techfloor.store import Audit, JsonText, Table, UtcTime


class IssuedPdf(Table):
    """A PDF as it was issued: its bytes are kept under their hash and served for ever."""

    __tablename__ = "issued_pdf"
    __audit__ = Audit(root="record_id", append_only=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    issue_no: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(Text, unique=True)
    sha256: Mapped[str] = mapped_column(Text)
    content_sha256: Mapped[str] = mapped_column(Text)
    file_name: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    trail_seq: Mapped[int] = mapped_column(Integer)
    trail_head: Mapped[str] = mapped_column(Text)
    issued_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    issued_at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (UniqueConstraint("record_id", "issue_no"),)


class ExportTaken(Table):
    """Who took which records away at once, and what the list was narrowed to; nobody by name at the machine itself."""

    __tablename__ = "export_taken"
    __audit__ = Audit(append_only=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    asked: Mapped[dict[str, str]] = mapped_column(JsonText)
    records: Mapped[list[int]] = mapped_column(JsonText)
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    taken_at: Mapped[datetime] = mapped_column(UtcTime)
