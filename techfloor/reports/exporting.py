"""Records taken away in bulk from a list: what was taken by whom is kept, then sent as an archive."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask, Response, current_app
from sqlalchemy.orm import Session

from techfloor import clock
from techfloor.places.here import plant
from techfloor.refusals import NotFound, Refusal
from techfloor.reports import written_out
from techfloor.reports.models import ExportTaken
from techfloor.store import blobs, db, search


def take(
    kind: str, ids: Sequence[int], asked: Mapping[str, str], *, found: Sequence[str] | None, actor: int, at: datetime
) -> ExportTaken:
    """Keep that somebody takes these records away; `found` are the numbers that a search of words gave the list.

    Raises Refusal for none, for more than fit in one archive, and where the search was cut: the rest would be missing.
    """
    if found is not None and len(found) >= search.MOST_FOUND:
        raise Refusal(
            "What was typed fits %(most)s records or more, and only the newest would be taken. Type more of it, or "
            "leave it out and choose days.",
            most=search.MOST_FOUND,
        )
    if not ids:
        raise Refusal("No record fits. Choose less, then export.")
    if len(ids) > written_out.MOST:
        raise Refusal(
            "These are more than %(most)s records. Choose a shorter time, and export the rest after it.",
            most=written_out.MOST,
        )
    return _kept(kind, ids, asked, by=actor, at=at)


def keep_by_command(kind: str, ids: Sequence[int], asked: Mapping[str, str], *, account: str, at: datetime) -> None:
    """Keep that these records were written out on the machine itself, by whose account of it."""
    _kept(kind, ids, {**asked, "account": account}, by=None, at=at)


def _kept(kind: str, ids: Sequence[int], asked: Mapping[str, str], *, by: int | None, at: datetime) -> ExportTaken:
    taken = ExportTaken(
        kind=kind,
        asked={name: value for name, value in asked.items() if value},
        records=sorted(ids),
        taken_by=by,
        taken_at=at,
    )
    db.session.add(taken)
    db.session.flush()
    return taken


def served(kind: str, export_id: int, person_id: int, name: str, *, besides: Collection[int] = ()) -> Response:
    """Send the archive of an export to who took it, but for some records; raises NotFound for anybody else's."""
    taken = db.session.get(ExportTaken, export_id)
    if taken is None or taken.kind != kind or taken.taken_by != person_id:
        raise NotFound("This export is not here.")
    about = {"kind": kind, "asked": taken.asked, "by": name, "export": taken.id}
    with Session(db.engine) as reading:
        found = written_out.of_ids(reading.connection(), [each for each in taken.records if each not in besides])
    pieces = written_out.archive(found, _read_one, about, clock.now())
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    response = Response(_in_app(app, pieces), mimetype="application/zip")
    day = taken.taken_at.astimezone(ZoneInfo(plant().zone)).date().isoformat()
    response.headers["Content-Disposition"] = f'attachment; filename="{kind}-{day}-{taken.id}.zip"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _read_one(record_id: int) -> list[tuple[str, bytes]]:
    """Read the files of one record in a transaction of its own: a slow reader must not hold up who writes."""
    with Session(db.engine) as reading:
        connection = reading.connection()
        kept = blobs.kept_by(current_app.extensions["techfloor"].settings, connection)
        return list(written_out.parts_of(connection, kept, record_id))


def _in_app(app: Flask, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Go on within the application while the answer is sent: the request is over by then."""
    while True:
        with app.app_context():
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece
