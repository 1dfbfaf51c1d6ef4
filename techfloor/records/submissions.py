"""Entries by the key their form got when it was opened: the same entry sent again is answered, not done again."""

from sqlalchemy import bindparam, insert, select, update

from techfloor import clock
from techfloor.records.models import Submission
from techfloor.refusals import NotFound, Refusal
from techfloor.store import apart, db

_EARLIER = select(Submission.person_id, Submission.body_sha256, Submission.location).where(
    Submission.key == bindparam("key")
)
_KEEP = insert(Submission.__table__)  # type: ignore[arg-type]


class Submissions:
    """What the pages ask of this room."""

    def answer(self, key: str, person_id: int, body_sha256: str) -> str | None:
        """Return where the earlier entry of `key` led, None for a new one.

        Raises NotFound for another person's key and Refusal for the same key with other content.
        """
        with db.engine.connect() as connection:  # a session would cost more than the question, at every entry
            found = connection.execute(_EARLIER, {"key": key}).one_or_none()
        if found is None:
            return None
        if found.person_id != person_id:
            raise NotFound("This entry is not here.")
        if found.body_sha256 != body_sha256:
            raise Refusal("This form was sent before with other values. Open it again to make another entry.")
        with apart() as session:
            session.execute(update(Submission).where(Submission.key == key).values(replays=Submission.replays + 1))
        location: str = found.location
        return location

    def keep(
        self, key: str, person_id: int, device_id: int | None, route: str, body_sha256: str, location: str
    ) -> None:
        """Keep an entry in the act under way, where the entry's own rows are written."""
        entry = {"key": key, "person_id": person_id, "device_id": device_id, "route": route}
        entry |= {"body_sha256": body_sha256, "status": 303, "location": location, "received_at": clock.now()}
        db.session.execute(_KEEP, entry)
