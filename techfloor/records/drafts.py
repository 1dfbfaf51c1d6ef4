"""Drafts: what a person typed on a page and has not given; shown to nobody else, and it never signs itself."""

from datetime import datetime

from sqlalchemy import bindparam, delete, select

from techfloor.records.models import Draft
from techfloor.store import db

MAX_VALUES = 200
MAX_LENGTH = 10_000
MAX_DRAFTS = 50

_DROP = delete(Draft.__table__).where(  # type: ignore[arg-type]
    Draft.person_id == bindparam("person"), Draft.page == bindparam("page_given")
)


def keep(person_id: int, page: str, values: dict[str, str], at: datetime) -> None:
    """Keep what `person_id` typed on `page`, in place of what was kept before."""
    kept = {name[:100]: value[:MAX_LENGTH] for name, value in list(values.items())[:MAX_VALUES]}
    draft = db.session.scalar(select(Draft).where(Draft.person_id == person_id, Draft.page == page))
    if draft is None:
        _make_room(person_id)
        db.session.add(Draft(person_id=person_id, page=page, values=kept, saved_at=at))
    else:
        draft.values, draft.saved_at = kept, at


def _make_room(person_id: int) -> None:
    """Forget a person's oldest drafts: nobody comes back to that many pages."""
    newest = select(Draft.id).where(Draft.person_id == person_id).order_by(Draft.saved_at.desc()).limit(MAX_DRAFTS - 1)
    db.session.execute(delete(Draft).where(Draft.person_id == person_id, Draft.id.not_in(newest)))


def values_of(person_id: int, page: str) -> dict[str, str]:
    """Return what the person typed on `page` and has not given."""
    found = db.session.scalar(select(Draft.values).where(Draft.person_id == person_id, Draft.page == page))
    return found or {}


def drop(person_id: int, page: str) -> None:
    """Forget the draft: its values were given."""
    db.session.execute(_DROP, {"person": person_id, "page_given": page})
