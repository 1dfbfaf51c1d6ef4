"""Forms: a deed is done and gives what it made, or it is refused beside its field; a question is answered by a yes."""

import pytest
from flask import Flask, g
from flask_babel import Babel
from wtforms import StringField
from wtforms.validators import InputRequired

from techfloor.refusals import Question, Refusal
from techfloor.web import forms
from techfloor.web.forms import AskingForm, Done, NumberField
from techfloor.web.visitor import Caller


class WeightForm(AskingForm):
    """A weight that is asked about when it is heavy."""

    class Meta:
        """Without the token: there is no browser here."""

        csrf = False

    weight = StringField("Weight", [InputRequired(message="Enter a weight.")])

    def kept(self) -> int | None:
        """Return the weight; raises Question for one that nobody can lift, None for nothing at all."""
        weight = int(self.weight.data)
        if weight < 0:
            raise Refusal("A weight is not below zero.", field="weight")
        if weight > 50 and not self.confirmed.data:
            raise Question("You entered %(kg)s kg. Is this right?", field="weight", kg=weight)
        return weight or None


@pytest.fixture
def typed() -> Flask:
    app = Flask("bare")
    app.secret_key = "for this test"
    Babel(app)
    return app


class LoadForm(WeightForm):
    """The same of a number that is kept as it was typed."""

    weight = None
    load = NumberField("Load")

    def kept(self) -> int | None:
        """Return the load; raises Question."""
        if not self.confirmed.data:
            raise Question("You entered %(kg)s kg. Is this right?", field="load", kg=self.load.typed)
        return int(self.load.typed)


def form_of(app: Flask, of: type[WeightForm] = WeightForm, **values: str) -> tuple[WeightForm, Done[int | None] | None]:
    with app.test_request_context("/", method="POST", data=values):
        g.caller = Caller()
        form = of()
        return form, form.attempt(form.kept)


def test_a_deed_that_was_done_gives_what_it_made(typed: Flask) -> None:
    _form, done = form_of(typed, weight="7")
    assert done == Done(7)


def test_a_deed_that_made_nothing_was_done_all_the_same(typed: Flask) -> None:
    _form, done = form_of(typed, weight="0")
    assert done
    assert done.made is None


@pytest.mark.parametrize(("weight", "said"), [("", "Enter a weight."), ("-1", "A weight is not below zero.")])
def test_what_is_refused_stands_beside_its_field(typed: Flask, weight: str, said: str) -> None:
    form, done = form_of(typed, weight=weight)
    assert (done, form.asks) == (None, False)
    assert form.problems() == [("weight", said)]


def test_a_question_asks_and_a_yes_lets_the_value_in(typed: Flask) -> None:
    form, done = form_of(typed, weight="70")
    assert (done, form.asks) == (None, True)
    assert form.problems() == [("weight", "You entered 70 kg. Is this right?")]
    assert form_of(typed, weight="70", confirmed="y")[1] == Done(70)


@pytest.mark.parametrize(("now", "kept"), [("500", True), ("700", False)])
def test_a_yes_is_one_to_the_value_that_was_asked_about(typed: Flask, now: str, kept: bool) -> None:
    asked, _done = form_of(typed, LoadForm, load="500")
    about = asked.asked_about.data
    form, done = form_of(typed, LoadForm, load=now, confirmed="y", asked_about=about)
    assert (done is not None, form.asks, form.confirmed.data) == (kept, not kept, kept)


def test_a_refusal_within_a_refusal_is_told_in_the_language_of_the_reader(
    typed: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    within = Refusal("%(kg)s kg is too heavy.", kg=60)
    monkeypatch.setattr(forms, "gettext", lambda sentence, **given: f"[{sentence % given}]")
    assert forms.refusal_text(Refusal("G-001: %(why)s", why=within)) == "[G-001: [60 kg is too heavy.]]"
