"""What a person reads when a request cannot be answered: what happened, what to do next, and nothing half saved."""

import traceback
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, current_app, flash, g, jsonify, make_response, redirect, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from sqlalchemy.exc import DataError, DBAPIError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge
from werkzeug.exceptions import NotFound as NoSuchPage

from techfloor.house.drafts import keep_draft, may_be_kept
from techfloor.house.running import running, visitor_or_none
from techfloor.people import views as people
from techfloor.people.roles import roles_text
from techfloor.refusals import NotFound, Refusal
from techfloor.store.hindrances import Hindrance, hindrance
from techfloor.store.queue import Busy, Uncertain
from techfloor.web import incoming
from techfloor.web.access import OPEN
from techfloor.web.forms import refusal_text
from techfloor.web.pages import NotAllowed, NotSignedIn
from techfloor.web.rates import TooFast

RETRY_SECONDS = 5
_FOR_PROGRAMS = frozenset({"/healthz", "/draft"})
_OF_THE_FORM = frozenset({"csrf_token", "entry_key", "base"})


@dataclass(frozen=True)
class Again:
    """A form that could not be saved: where it goes, all that it carried, and what of that was typed."""

    action: str
    fields: list[tuple[str, str]]
    typed: list[tuple[str, str]]


@dataclass(frozen=True)
class Trouble:
    """An error page: its status, what happened, what to do next, and the reference of the log line.

    `kept_on` is the page on which what was typed stands again, "" where nothing was kept; `again` what the page
    itself carries, to be sent once more.
    """

    code: int
    words: str
    mend: str
    reference: str = ""
    kept_on: str = ""
    again: Again | None = None


def init_app(app: Flask) -> None:
    """Answer the errors of `app` with pages, or with JSON where a program asks."""
    app.register_error_handler(NotSignedIn, _not_signed_in)
    app.register_error_handler(NotAllowed, _not_allowed)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _too_old)
    app.register_error_handler(Uncertain, _uncertain)
    app.register_error_handler(TooFast, _too_fast)
    for hindering in (Busy, DBAPIError, OSError):
        app.register_error_handler(hindering, _hindered)
    app.register_error_handler(OverflowError, _too_large_a_number)
    app.register_error_handler(DataError, _no_such_value)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)


_NO_SUCH_INTEGER = "SQLite INTEGER"
"""What the driver of SQLite ends with where a number is larger than any row's: it raises OverflowError itself."""


def _too_large_a_number(error: OverflowError) -> Response:
    """Answer a number in the address that no row can have; any other overflow is a fault of the program."""
    return _http(NoSuchPage()) if str(error).endswith(_NO_SUCH_INTEGER) else _fault(error)


_OUT_OF_RANGE = "22003"
"""What PostgreSQL calls a number that its column cannot hold (appendix A of its manual)."""


def _no_such_value(error: DataError) -> Response:
    """Answer what the database cannot even compare: where it is a number of the address, no row has it."""
    return _http(NoSuchPage()) if getattr(error.orig, "sqlstate", "") == _OUT_OF_RANGE else _fault(error)


def answer(trouble: Trouble) -> Response:
    """Return the error as a page, as JSON for programs, and as plain words where even the page fails."""
    if request.path in _FOR_PROGRAMS:
        response = jsonify(status="error", error=trouble.words, reference=trouble.reference)
    else:
        response = make_response(_page(trouble))
    response.status_code = trouble.code
    return response


def _page(trouble: Trouble) -> str:
    try:
        return render_template("_house/error.html", **vars(trouble))
    except Exception:
        current_app.logger.exception("The error page failed")
        lines = "".join(f"<p>{escape(line)}</p>" for line in (trouble.mend, trouble.reference) if line)
        head = f'<!doctype html><html lang="en"><title>techfloor</title><h1>{escape(trouble.words)}</h1>'
        return f'{head}{lines}<p><a href="/">techfloor</a></p></html>'


def _not_signed_in(_error: NotSignedIn) -> Response:
    if request.path in _FOR_PROGRAMS:
        return answer(Trouble(401, _("Nobody is signed in."), _("Sign in, then try again.")))
    if request.method == "GET":
        people.say_why_ended()
        return make_response(redirect("/sign-in?" + urlencode({"next": request.full_path.rstrip("?")}), code=303))
    return people.sign_in_again(_typed(), _page_of_form())


def _not_allowed(error: NotAllowed) -> Response:
    _write_down("Not allowed")
    permission = str(error.args[0]) if error.args else ""
    roles = roles_text(running().permission_roles.get(permission, ()))
    mend = _("This can be done by: %(roles)s.", roles=roles) if roles else _("Ask your administrator.")
    return answer(Trouble(403, _("Your role does not allow this."), mend))


def _refused(no: Refusal) -> Response:
    if isinstance(no, NotFound):
        return answer(
            Trouble(404, refusal_text(no), _("Check the address. A code from a label can be scanned or typed."))
        )
    mend = _("Nothing was changed.") if request.method == "GET" else _("Go back, change it, and send it again.")
    return answer(Trouble(422, refusal_text(no), mend, kept_on=_keep_typed()))


def _too_old(_error: CSRFError) -> Response:
    """Answer a form whose token no longer fits: what was typed is kept, and the page is opened again."""
    _write_down("A form without its token")
    if request.path in _FOR_PROGRAMS:
        return answer(Trouble(400, _("This page is too old."), _("Open it again.")))
    page = _page_of_form()
    visitor = visitor_or_none()
    if _from_here() and request.endpoint in people.LEAVING:
        return make_response(current_app.view_functions[request.endpoint]())  # who goes must never stay signed in
    if visitor is not None and _from_here() and not _typed():
        flash(_("This page was too old. It is open anew: press it once more."), "warning")
    elif visitor is not None and _from_here():
        keep_draft(visitor.person_id, page, _typed())
        flash(_("This page was too old. Your entry is kept: check it and send it again."), "warning")
    elif visitor is None and running().access.get(request.endpoint or "", OPEN) != OPEN:
        return people.sign_in_again(_typed(), page)
    else:
        flash(_("This page was too old. Fill it in again and send it."), "warning")
    return make_response(redirect(page, code=303))


def _typed() -> dict[str, str]:
    return {name: value for name, value in request.form.items() if may_be_kept(name)}


def _from_here() -> bool:
    """Tell whether the form stood on a page of this house: another site's form is not kept."""
    said = request.headers.get("Origin") or request.referrer or ""
    return urlsplit(said).netloc == request.host


def _page_of_form() -> str:
    """Return the path of the page whose form was sent."""
    path = urlsplit(request.referrer or "").path if _from_here() else ""
    return path if path.startswith("/") and not path.startswith("//") else request.path


def _hindered(error: Exception) -> Response:
    """Answer what the disk or the database stood in the way of: nothing was saved, and it can be sent again."""
    what = hindrance(error)
    if what is None or (what is Hindrance.FIXED and request.method != "POST"):
        return _fault(error)  # a page that only reads has nothing to write: the program is wrong
    words, mend = _words_of(what)
    if what is not Hindrance.BUSY:
        current_app.logger.error("Not saved, %s: %s", what, _one_line(str(getattr(error, "orig", error))))
    response = answer(Trouble(503, words, mend, again=_again()))
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _uncertain(error: Uncertain) -> Response:
    """Say that nobody knows; it is sent again under the same key, and never kept as a draft, which has another one."""
    current_app.logger.error("Whether an act stands is not certain: %s", _one_line(str(error)))
    again = _again()
    mend = _("Send it again.") if again else _("Reload this page to send it again.")
    words = _("It is not certain that this was saved.")
    return answer(Trouble(503, words, f"{mend} {_('It is never entered twice.')}", again=again))


def _too_fast(error: TooFast) -> Response:
    """Say when the client is let in again; what was sent is not lost by it, but for a file, which is not even read."""
    _write_down("Too fast")
    length = request.content_length
    small = length is not None and length <= current_app.config["MAX_FORM_MEMORY_SIZE"]
    mend = _("Nothing was saved. Wait %(seconds)s seconds, then send it again.", seconds=error.seconds)
    response = answer(Trouble(429, _("This came faster than anybody works."), mend, again=_again() if small else None))
    response.headers["Retry-After"] = str(error.seconds)
    return response


def _words_of(what: Hindrance) -> tuple[str, str]:
    nothing = _("Nothing was saved.")
    wait, tell = _("Wait a moment, then send it again."), _("Tell the administrator, then send it again from here.")
    return {
        Hindrance.BUSY: (_("Too many people are saving at this moment."), f"{nothing} {wait}"),
        Hindrance.FULL: (_("The disk of the server is full."), f"{nothing} {tell}"),
        Hindrance.FIXED: (_("The server cannot write to its disk."), f"{nothing} {tell}"),
        Hindrance.AWAY: (_("The records cannot be reached at this moment."), f"{nothing} {wait}"),
    }[what]


def _again() -> Again | None:
    """Return what came, to be sent once more under the same key; None where a secret or a file was part of it."""
    typed = list(request.form.items(multi=True))
    secret = any(not may_be_kept(name) for name, _value in typed if name not in _OF_THE_FORM)
    if request.method != "POST" or secret or request.files or not typed or not _from_here():
        return None
    return Again(
        request.full_path.rstrip("?"), typed, [pair for pair in typed if pair[1] and pair[0] not in _OF_THE_FORM]
    )


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    if isinstance(error, NoSuchPage):
        return answer(
            Trouble(
                404, _("This page is not here."), _("Check the address. A code from a label can be scanned or typed.")
            )
        )
    if isinstance(error, MethodNotAllowed):
        return answer(
            Trouble(405, _("This page cannot be opened like that."), _("Go to what is due and begin from there."))
        )
    if isinstance(error, RequestEntityTooLarge):
        incoming.read_away(request)
        return answer(_too_large())
    words = _("The server could not read this request.")
    return answer(Trouble(error.code, words, _("Go back, open the page again, and send it once more.")))


def _too_large() -> Trouble:
    limit = min(running().settings.max_upload_mb, (request.max_content_length or 0) // (1024 * 1024))
    words = _("This is larger than %(limit)s MB.", limit=limit)
    return Trouble(413, words, _("Choose a smaller file, or take the photo at a lower resolution."))


def _fault(error: Exception) -> Response:
    """Answer what nobody foresaw; the reference on the page stands in the log line too."""
    reference = str(g.get("request_id", ""))[-8:] or "none"
    visitor = visitor_or_none()
    current_app.logger.error(
        "Fault %s in %s %s (%s) by person %s\n%s",
        reference,
        request.method,
        _path(),
        request.endpoint or "no route",
        visitor.person_id if visitor else "none",
        _indented(error),
    )
    mend = _("Nothing was saved. Try once more; if it happens again, tell the administrator the reference.")
    return answer(Trouble(500, _("Something went wrong."), mend, reference, _keep_typed()))


def _path() -> str:
    """Return the path as the log has it: without a secret that opens something by itself."""
    secret = (request.view_args or {}).get("secret")
    return _one_line(request.path.replace(secret, "***") if secret else request.path)


def _write_down(what: str) -> None:
    """Write down who went where the way is barred: once it is a mistake, often it is a search for a way in."""
    visitor = visitor_or_none()
    current_app.logger.warning(
        "%s: %s %s by person %s from %s",
        what,
        request.method,
        _path(),
        visitor.person_id if visitor else "none",
        request.remote_addr,
    )


def _keep_typed() -> str:
    """Keep what a refused form of this house carried; returns its page, "" where there was nothing or it failed."""
    visitor, typed = visitor_or_none(), _typed() if request.method == "POST" else {}
    if visitor is None or not typed or request.path in _FOR_PROGRAMS or not _from_here():
        return ""
    try:
        keep_draft(visitor.person_id, _page_of_form(), typed)
    except Exception:
        current_app.logger.exception("What was typed could not be kept")
        return ""
    return _page_of_form()


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)[:300]


def _indented(error: Exception) -> str:
    """Return the trace with a mark before each line, so that text a user typed cannot pass for a line of the log."""
    lines = "".join(traceback.format_exception(error)).splitlines()
    return "\n".join(f"  | {_one_line(line)}" for line in lines)
