"""What is typed in a study, kept as typed."""

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from wtforms import Form, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField

from techfloor.duties.gauge_studies import rules
from techfloor.duties.gauge_studies.amending import Right
from techfloor.duties.gauge_studies.queries import Study
from techfloor.duties.gauge_studies.rules import Basis, Call, Part, SetUp, Sort
from techfloor.equipment.shapes import FunctionView
from techfloor.refusals import Refusal
from techfloor.said import word
from techfloor.web.fields import WholeField, needed, options, text_of
from techfloor.web.forms import AskingForm, EntryForm, NumberField

_BASES = (
    (Basis.PRODUCT.value, _l("The limits of the product")),
    (Basis.CARD.value, _l("The tolerance on the gauge's card")),
    (Basis.NONE.value, _l("The study alone")),
)


class NewForm(Form):  # type: ignore[misc]
    """Of which gauge a study is begun; it is asked in the address."""

    gauge = StringField(_l("Gauge"))


class _SetUpForm(EntryForm):
    """What both sorts of study ask."""

    subject = StringField(
        _l("What is measured"), validators=needed(_l("Enter what is measured, as it stands in the drawing."))
    )
    repeats = WholeField(_l("How often each part"))
    appraisers = SelectMultipleField(_l("Appraisers"), validate_choice=False)

    def offer_persons(self, persons: dict[int, str]) -> None:
        """Offer who may measure."""
        self.appraisers.choices = options(*((str(id_), name) for id_, name in persons.items()))

    @property
    def persons(self) -> tuple[int, ...]:
        """The persons who were ticked, in the order of the page."""
        return tuple(int(each) for each in self.appraisers.data or () if each.isascii() and each.isdigit())


class VariableForm(_SetUpForm):
    """A study of numbers as it is set up."""

    function = SelectField(_l("Function of the gauge"), validate_choice=False)
    basis = RadioField(_l("Compared with"), validate_choice=False)
    lower = NumberField(_l("Lower limit"), required=False)
    upper = NumberField(_l("Upper limit"), required=False)
    labels = TextAreaField(_l("Parts"))

    def offer(self, functions: tuple[FunctionView, ...]) -> None:
        """Offer what the gauge measures, and what the scatter may be compared with."""
        self.function.choices = options(*((each.name, f"{each.name}, {each.unit}") for each in functions))
        self.basis.choices = options(*_BASES)

    def entry(self) -> SetUp:
        """Return the study as it was typed."""
        if self.basis.data not in list(Basis):
            raise Refusal("Choose what the scatter is compared with.", field="basis")
        return SetUp(
            sort=Sort.VARIABLE,
            subject=text_of(self.subject),
            parts=tuple(Part(label) for label in rules.labels(text_of(self.labels))),
            appraisers=self.persons,
            repeats=self.repeats.data or 0,
            function=text_of(self.function),
            basis=Basis(self.basis.data),
            lower=self.lower.data,
            upper=self.upper.data,
        )


class AttributeForm(_SetUpForm):
    """A study of judgements as it is set up."""

    good = TextAreaField(_l("Good parts"))
    bad = TextAreaField(_l("Bad parts"))

    def entry(self) -> SetUp:
        """Return the study as it was typed."""
        good = [Part(label, Call.PASS.value) for label in rules.labels(text_of(self.good))]
        bad = [Part(label, Call.FAIL.value) for label in rules.labels(text_of(self.bad))]
        # The order of the parts must not tell which are bad.
        parts = sorted([*good, *bad], key=lambda part: part.label.casefold())
        return SetUp(Sort.ATTRIBUTE, text_of(self.subject), tuple(parts), self.persons, self.repeats.data or 0)


class ValueForm(AskingForm):
    """One value, or one judgement."""

    value = NumberField(_l("The gauge shows"))
    call = StringField()

    def fit(self, study: Study) -> None:
        """Leave what this study asks, and say what the gauge can show and near what: a comma may mean two things."""
        if study.sort is Sort.ATTRIBUTE:
            del self.value
            return
        del self.call
        low, high = study.body.low, study.body.high
        self.value.expect(step=study.body.step, near=None if low is None or high is None else (low, high))

    def given(self, study: Study) -> Decimal | Call:
        """Return what was given; raises Refusal where nothing was."""
        if study.sort is Sort.ATTRIBUTE:
            if self.call.data not in list(Call):
                raise Refusal("Press Pass or Fail.")
            return Call(self.call.data)
        found: Decimal | None = self.value.data
        assert found is not None
        return found


class CorrectForm(ValueForm):
    """The right value, and why the other was wrong."""

    reason = RadioField(_l("Why"), validate_choice=False)

    def word_reasons(self) -> None:
        """Put the reasons into words."""
        self.reason.choices = options(*((each, word(each, "study-correction")) for each in rules.CORRECTIONS))


class ReplaceForm(EntryForm):
    """Who measures in the place of another."""

    person = SelectField(_l("Who measures instead"), validate_choice=False)

    def offer(self, persons: dict[int, str]) -> None:
        """Offer who may measure."""
        self.person.choices = options(*((str(id_), name) for id_, name in persons.items()))

    @property
    def chosen(self) -> int:
        """The person who was chosen; 0 for nobody."""
        typed = text_of(self.person)
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0


class LeaveForm(EntryForm):
    """Why an appraiser does not go on."""

    why = StringField(_l("Why"), validators=needed(_l("Enter why they do not go on.")))


class RightForm(EntryForm):
    """What an amendment puts right of how a study was set up."""

    subject = StringField(
        _l("What is measured"), validators=needed(_l("Enter what is measured, as it stands in the drawing."))
    )
    basis = RadioField(_l("Compared with"), validate_choice=False)
    lower = NumberField(_l("Lower limit"), required=False)
    upper = NumberField(_l("Upper limit"), required=False)
    bad = SelectMultipleField(_l("Bad parts"), validate_choice=False)

    def fit(self, study: Study) -> None:
        """Leave what this study has, and offer what it may be."""
        if study.sort is Sort.ATTRIBUTE:
            del self.basis, self.lower, self.upper
            self.bad.choices = options(*((part.label, part.label) for part in study.parts))
            return
        del self.bad
        self.basis.choices = options(*_BASES)

    @classmethod
    def standing(cls, study: Study) -> "RightForm":
        """Return the form filled with what stands there."""
        product = study.body.basis == Basis.PRODUCT
        return cls(
            subject=study.body.subject,
            basis=study.body.basis,
            lower=study.body.lower if product else None,
            upper=study.body.upper if product else None,
            bad=[part.label for part in study.parts if part.reference == Call.FAIL],
        )

    def entry(self, study: Study) -> Right:
        """Return what was given."""
        if study.sort is Sort.ATTRIBUTE:
            return Right(text_of(self.subject), bad=frozenset(self.bad.data or ()))
        if self.basis.data not in list(Basis):
            raise Refusal("Choose what the scatter is compared with.", field="basis")
        return Right(text_of(self.subject), Basis(self.basis.data), self.lower.data, self.upper.data)


class GiveUpForm(EntryForm):
    """Why a study is not finished."""

    reason = StringField(_l("Why it is not finished"), validators=needed(_l("Enter why it is not finished.")))
