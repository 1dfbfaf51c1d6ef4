"""The signing question, the same on every page that signs: what was shown, the policy once, who, and the secret."""

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, PasswordField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from techfloor import clock, store
from techfloor.people.proof import Proof
from techfloor.people.signing_secret import asks_user_name, prove
from techfloor.records import policy
from techfloor.records.policy import PolicyText
from techfloor.records.signing import accept_policy, must_accept_policy
from techfloor.refusals import Refusal
from techfloor.web.forms import EntryForm
from techfloor.web.visitor import visitor


class SignForm(EntryForm):
    """The fields of the signing question; a page that asks more derives from it."""

    shown = HiddenField()
    policy_version = HiddenField()
    accepts = BooleanField(_l("I have read this and accept it"))
    user_name = StringField(_l("User name"))
    secret = PasswordField(_l("PIN"))

    def fit(self) -> None:
        """Leave what this visitor is asked now: PIN on a tablet, password elsewhere; name and policy the first time.

        The policy is looked up apart from the request's own transaction, which must not begin before the secret is
        checked.
        """
        if not asks_user_name(visitor()):
            del self.user_name
        with store.looking_at() as session:
            accepted = not must_accept_policy(visitor().person_id, session)
            in_force = policy.in_force(session)
        if accepted or in_force is None:
            del self.accepts, self.policy_version
        else:
            self._fit_policy(in_force)
        self.secret.label.text = _("PIN") if visitor().on_tablet else _("Password")

    def _fit_policy(self, in_force: PolicyText) -> None:
        """Take what was accepted for this version and for no other: another one is to be read first."""
        seen = self.policy_version.data
        self.policy_version.data = str(in_force.version)
        if seen not in (None, "", self.policy_version.data):
            self.accepts.data = False

    @property
    def printed_name(self) -> str:
        """The name that will stand beside the signature."""
        return visitor().name

    @property
    def with_pad(self) -> bool:
        """True where a PIN is typed, on a pad."""
        return visitor().on_tablet

    @property
    def policy(self) -> PolicyText | None:
        """The policy that is to be accepted with this signature, None for who has accepted it."""
        return policy.in_force() if "accepts" in self else None


class ReviewForm(SignForm):
    """The review: accepted or rejected, with a remark."""

    outcome = RadioField(
        _l("Your review"),
        choices=[SelectChoice("accept", _l("Accept")), SelectChoice("reject", _l("Reject"))],
        validate_choice=False,
    )
    remark = TextAreaField(_l("Remark"))

    def complete(self) -> bool:
        """Tell whether the outcome is chosen, with a remark where it is rejected; what is missing stands beside it."""
        if self.outcome.data not in {"accept", "reject"}:
            self.refuse(Refusal("Choose whether you accept it.", field="outcome"))
        elif self.outcome.data == "reject" and not (self.remark.data or "").strip():
            self.refuse(Refusal("Enter what is wrong with it.", field="remark"))
        return not self.problems()


def sign_with(form: SignForm, deed: Callable[[Proof], object], shown_now: Callable[[], str]) -> bool:
    """Prove who signs and run `deed`, the policy accepted before it where that is due; returns whether it was done.

    The proof comes before anything else of the request: a secret takes 30 ms, and a wrong one is remembered apart.
    When it is not done, the form shows what stands there now, so that the next try is for this.
    """
    proof = _proof_or_none(form)

    def with_policy() -> None:
        assert proof is not None
        if "accepts" in form:
            accept_policy(visitor().person_id, clock.now(), int(form.policy_version.data))
        deed(proof)

    if proof is not None and form.attempt(with_policy):
        return True
    form.shown.data = shown_now()
    return False


def asking(shown: str) -> SignForm:
    """Return the signing question for what a page shows."""
    form = SignForm()
    form.fit()
    form.shown.data = shown
    return form


def signed(deed: Callable[[Proof, str], object], shown_now: Callable[[], str]) -> SignForm | None:
    """Answer the post of a page that only asks for a signature; `deed` takes the proof and what the page showed.

    Returns None when it was done, else the form with what speaks against it.
    """
    form = SignForm()
    form.fit()
    done = sign_with(form, lambda proof: deed(proof, form.shown.data or ""), shown_now)
    return None if done else form


def _proof_or_none(form: SignForm) -> Proof | None:
    name = form.user_name.data if "user_name" in form else None
    try:
        _refuse_without_policy(form)
        return prove(visitor(), form.secret.data or "", name, clock.now())
    except Refusal as no:
        form.refuse(no)
        return None


def _refuse_without_policy(form: SignForm) -> None:
    if "accepts" in form and not form.accepts.data:
        raise Refusal("Read the e-signature policy and accept it: this version is new to you.", field="accepts")
