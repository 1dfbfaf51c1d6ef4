"""A person's own page: secrets, sessions, display; and the page that a one-time code opens."""

from flask import Response, current_app, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor import clock
from techfloor.people import actions, mailing, queries, secrets, sessions
from techfloor.people.forms import ChangePasswordForm, ChangePinForm, MailForm, OwnSecretsForm, SecretForm
from techfloor.people.rules import Ended
from techfloor.people.secrets import Kind
from techfloor.people.tries import Claim, attempt
from techfloor.people.views.way import local_page
from techfloor.refusals import Refusal
from techfloor.store import db
from techfloor.web.access import SIGNED_IN
from techfloor.web.pages import Pages
from techfloor.web.visitor import caller, visitor

pages = Pages("me", __name__, url_prefix="/me")

_STILL_OPEN = frozenset({"me.secret", "me.set_secret", "sign_in.sign_out", "sign_in.switch", "sign_in.lock", "static"})


@pages.before_app_request
def first_the_secret() -> Response | None:
    """Lead a person with a one-time code, or a PIN too old, to the page where they set their own, and nowhere else."""
    found = caller().visitor
    if found is None or not found.must_set_secret or request.endpoint in _STILL_OPEN:
        return None
    if request.path in {"/display", "/healthz"}:
        return None
    return make_response(redirect(url_for("me.secret"), 303))


@pages.page("", permission=SIGNED_IN)
def show() -> str:
    """Show who is signed in, how, and where else."""
    me = visitor()
    now = clock.now()
    return render_template(
        "people/me.html",
        person=actions.person_of(me.person_id),
        secrets=queries.secrets_of(me.person_id),
        sessions=queries.open_sessions(me.person_id, now - sessions.LONGEST),
        here=me.session_id,
        mail=_mail_form(),
        address=mailing.address_of(me.person_id),
    )


def _mail_form() -> MailForm | None:
    """Return the choice of lists by e-mail, None where the plant sends none."""
    if not current_app.extensions["techfloor"].settings.mails:
        return None
    return MailForm(formdata=None, drafted=False, lists=mailing.lists_of(visitor().person_id))


@pages.act("/mail", permission=SIGNED_IN, action="people:mail:choose", title=_l("List by e-mail chosen"))
def choose_mail() -> Response:
    """Choose which list of what is due comes by e-mail."""
    mailing.choose(visitor().person_id, str(request.form.get("lists", "")))
    flash(_("Kept. It takes effect with the next list."), "success")
    return make_response(redirect(url_for("me.show"), 303))


@pages.page("/secret", permission=SIGNED_IN)
def secret() -> Response | str:
    """Ask for a password and a PIN of one's own."""
    if not visitor().must_set_secret:
        return make_response(redirect(url_for("me.show"), 303))
    return _secret_page(_own_secrets_form(fresh=True))


@pages.act(
    "/secret", permission=SIGNED_IN, action="people:secret:set", title=_l("Own secrets set"), endpoint="set_secret"
)
def set_secret() -> Response | tuple[str, int]:
    """Set them; from now on nobody else knows them."""
    me = visitor()
    if not me.must_set_secret:
        return make_response(redirect(url_for("me.show"), 303))
    form = _own_secrets_form(fresh=False)

    def keep() -> None:
        secrets.set_own(me.person_id, clock.now(), password=form.password.data or "", pin=form.pin.data)

    if not form.attempt(keep):
        return _secret_page(form), 422
    flash(_("Your password and PIN are set.") if form.password.data else _("Your PIN is set."), "success")
    return _go_on_with_new_token(local_page(request.form.get("next")))


def _own_secrets_form(*, fresh: bool) -> OwnSecretsForm:
    form = OwnSecretsForm(formdata=None) if fresh else OwnSecretsForm()
    return form if visitor().on_tablet else form.for_desk()


def _secret_page(form: OwnSecretsForm) -> str:
    wanted = request.form.get("next") or request.args.get("next")
    return render_template(
        "people/secret.html",
        form=form,
        errors=form.problems(),
        next_page=local_page(wanted),
        why=_why(),
        pin_only=visitor().pin_expired,
    )


def _why() -> str:
    """Return why a secret must be set before anything else."""
    if not visitor().pin_expired:
        return str(
            _("You came in with a one-time code. Somebody else has seen it, so choose secrets that only you know.")
        )
    days = g.plant.profile.whole("people.pin_expires_days")
    words = _(
        "In this plant a PIN is good for %(days)s days, and yours is older. Choose a new one to go on.", days=days
    )
    return str(words)


@pages.page("/pin", permission=SIGNED_IN)
def pin() -> str:
    """Ask for a new PIN."""
    return _change_page(ChangePinForm(formdata=None), "pin")


@pages.act("/pin", permission=SIGNED_IN, action="people:pin:change", title=_l("PIN changed"), endpoint="change_pin")
def change_pin() -> Response | tuple[str, int]:
    """Change one's PIN."""
    form = ChangePinForm()

    def change() -> None:
        _prove(form.secret.data)
        secrets.set_pin(visitor().person_id, form.pin.data, clock.now())

    if not form.attempt(change):
        return _change_page(form, "pin"), 422
    flash(_("Your PIN is changed."), "success")
    return _go_on_with_new_token(url_for("me.show"))


@pages.page("/password", permission=SIGNED_IN)
def password() -> str:
    """Ask for a new password."""
    return _change_page(ChangePasswordForm(formdata=None), "password")


@pages.act(
    "/password",
    permission=SIGNED_IN,
    action="people:password:change",
    title=_l("Password changed"),
    endpoint="change_password",
)
def change_password() -> Response | tuple[str, int]:
    """Change one's password."""
    form = ChangePasswordForm()

    def change() -> None:
        _prove(form.secret.data)
        secrets.set_password(visitor().person_id, form.password.data, clock.now())

    if not form.attempt(change):
        return _change_page(form, "password"), 422
    flash(_("Your password is changed."), "success")
    return _go_on_with_new_token(url_for("me.show"))


def _prove(secret: str) -> None:
    """Ask for the secret in force here once more; a wrong one counts towards the lock."""
    me = visitor()
    kind = Kind.PIN if me.on_tablet else Kind.PASSWORD
    claim = Claim("change", kind, person_id=me.person_id, device_id=me.device_id, address=request.remote_addr or "")
    try:
        attempt(claim, secret, clock.now())
    except Refusal as no:
        no.field = "secret"
        raise


def _change_page(form: SecretForm, what: str) -> str:
    form.secret.label.text = _("Your PIN now") if visitor().on_tablet else _("Your password now")
    return render_template("people/change.html", form=form, errors=form.problems(), what=what)


def _go_on_with_new_token(page: str) -> Response:
    """End the person's other sessions and give this one a new token: they have just proven who they are."""
    me, now = visitor(), clock.now()
    actions.end_sessions(me.person_id, now, Ended.CHANGED, but=me.session_id)
    token = sessions.rotate(db.session(), me.session_id, "PIN" if me.on_tablet else "password", now)
    response = make_response(redirect(page, 303))
    sessions.hand_token(response, token)
    return response


@pages.act("/sessions/end", permission=SIGNED_IN, action="people:session:end-all", title=_l("Signed out everywhere"))
def end_others() -> Response:
    """End all of one's own sessions but this one."""
    me = visitor()
    actions.sign_out_everywhere(me.person_id, clock.now(), but=me.session_id)
    flash(_("Everywhere else you are signed out."), "success")
    return make_response(redirect(url_for("me.show"), 303))


@pages.act(
    "/sessions/<int:session_id>/end",
    permission=SIGNED_IN,
    action="people:session:end",
    title=_l("Session ended"),
)
def end_session(session_id: int) -> Response:
    """End one of one's own sessions, on a PC left open somewhere."""
    actions.end_session(visitor().person_id, session_id, clock.now())
    flash(_("That session is ended."), "success")
    return make_response(redirect(url_for("me.show"), 303))
