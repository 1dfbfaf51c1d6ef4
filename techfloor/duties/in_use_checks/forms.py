"""What is typed at a checked gauge, kept as typed."""

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField

from techfloor.duties.in_use_checks import rules
from techfloor.duties.in_use_checks.rules import Applied, Check, Every, Function, SetUp
from techfloor.said import begun, word
from techfloor.web.fields import LONG, SHORT, needed, options, text_of
from techfloor.web.forms import AskingForm, EntryForm, NumberField


class CheckForm(AskingForm):
    """One value."""

    value = NumberField(_l("The gauge shows"))

    def expect(self, check: Check, step: Decimal | None) -> None:
        """Say what the gauge can show and near what: a comma may mean two things."""
        ends = [end for end in (check.lower, check.upper) if end is not None]
        off = max(abs(end - check.nominal) for end in ends) * rules.MISTYPED or abs(check.nominal)
        near = (check.nominal - off, check.nominal + off)
        self.value.expect(step=step, near=near)

    @property
    def given(self) -> Decimal:
        """The value of a form that was sound."""
        found: Decimal | None = self.value.data
        assert found is not None
        return found


class CorrectForm(CheckForm):
    """The right value, and why the other was wrong."""

    reason = RadioField(_l("Why"), validate_choice=False)

    def word_reasons(self) -> None:
        """Put the reasons into words."""
        self.reason.choices = options(*((each, word(each, "check-correction")) for each in rules.CORRECTIONS))


class InErrorForm(EntryForm):
    """Why a row should not be there at all."""

    why = RadioField(_l("Why"), validate_choice=False)

    def word_reasons(self) -> None:
        """Put the reasons into words."""
        self.why.choices = options(*((each, word(each, "check-correction")) for each in rules.IN_ERROR))


class NotUsedForm(EntryForm):
    """That a gauge is out of use, and why; with the value that was typed already, and whether it is dropped."""

    value = HiddenField()
    dropped = HiddenField()
    why = RadioField(_l("Why"), validate_choice=False)

    def word_reasons(self) -> None:
        """Put the reasons into words."""
        self.why.choices = options(*((each, word(each, "check-skipped")) for each in rules.SKIPPED))

    @property
    def typed(self) -> str:
        """The value that stands in the box and nobody has dropped yet."""
        return "" if self.dropped.data else text_of(self.value)


class SetUpForm(EntryForm):
    """A check as quality sets it up."""

    seen = HiddenField(default="0")
    function = SelectField(_l("What is checked"), validate_choice=False)
    applied = RadioField(_l("What is applied"), validate_choice=False)
    code = StringField(_l("Its code"), validators=SHORT[1:])
    what = StringField(_l("What it is"), validators=needed(_l("Say what is applied, like weight 200 g.")))
    nominal = NumberField(_l("The gauge should show"))
    limits = StringField(_l("Tolerance"), validators=SHORT)
    lower = NumberField(_l("Lowest value"), required=False)
    upper = NumberField(_l("Highest value"), required=False)
    every = RadioField(_l("How often"), validate_choice=False)
    words = TextAreaField(_l("What to do"), validators=LONG)

    def offer(self, functions: list[Function]) -> None:
        """Offer what this gauge measures, and the ways to check it."""
        self.function.choices = options(*((each.name, f"{each.name}, {each.unit}") for each in functions))
        self.applied.choices = options(*((each.value, word(each, "applied")) for each in Applied))
        self.every.choices = options(*((each.value, begun(word(each, "every"))) for each in Every))

    def near(self, functions: list[Function]) -> None:
        """Say where the values of the function lie: 200,000 on a balance to 220 g can mean one thing only."""
        chosen = next((each for each in functions if each.name == text_of(self.function)), None)
        if chosen is None or chosen.low is None or chosen.high is None:
            return
        for box in (self.nominal, self.lower, self.upper):
            box.expect(near=(chosen.low, chosen.high))

    def entry(self) -> SetUp:
        """Return the check as it was typed."""
        assert self.nominal.data is not None
        return SetUp(
            function=text_of(self.function),
            applied=text_of(self.applied),
            code=text_of(self.code).upper(),
            what=text_of(self.what),
            nominal=self.nominal.data,
            limits=text_of(self.limits),
            lower=self.lower.data,
            upper=self.upper.data,
            every=text_of(self.every),
            words=text_of(self.words),
        )

    @property
    def seen_version(self) -> int:
        """The version that the page showed; 0 where there was none."""
        typed = str(self.seen.data or "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else -1


class EndForm(EntryForm):
    """The one button that ends a check."""

    seen = HiddenField(default="0")


class AnewForm(EntryForm):
    """Why what is usual begins anew."""

    words = StringField(_l("Why"), validators=SHORT)
