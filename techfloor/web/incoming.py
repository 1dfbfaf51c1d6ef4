"""How much of a request is let in: past the limit of a file it is still read, so that an answer can arrive."""

from flask import Request, current_app
from werkzeug.exceptions import BadRequest, NotFound

ROOM = 3
"""A person who is signed in may send so many times the limit: the form then says beside its box what is too large."""
READ_AWAY = 4
"""Of what is larger still, so many times the limit is read and thrown away: a browser that is not done sending takes
an answer that comes early for a broken connection."""
_PIECE = 64 * 1024


def largest_file() -> int:
    """Return how many bytes a file may have."""
    return int(current_app.config["MAX_CONTENT_LENGTH"])


def give_room(request: Request, *, signed_in: bool) -> None:
    """Let a person who is signed in send more than a file may have; a form without files is never that long."""
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = int(current_app.config["MAX_FORM_MEMORY_SIZE"])
    elif signed_in:
        request.max_content_length = ROOM * largest_file()


def refuse_null(request: Request) -> None:
    """Refuse the sign NUL, which no keyboard and no scanner sends: PostgreSQL keeps no text that holds it."""
    if "\0" in request.path:
        raise NotFound
    for values in (request.args, request.form):
        if any("\0" in text for pair in values.items(multi=True) for text in pair):
            raise BadRequest


def read_away(request: Request) -> None:
    """Read what was refused by its length alone, of which nothing was read yet."""
    length, allowed = request.content_length or 0, request.max_content_length or 0
    if length <= allowed:
        return
    left, stream = min(length, READ_AWAY * largest_file()), request.environ["wsgi.input"]
    while left > 0 and (piece := stream.read(min(left, _PIECE))):
        left -= len(piece)
