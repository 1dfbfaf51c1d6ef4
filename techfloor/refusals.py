"""How a rule says no: a sentence with parameters, put into the reader's language where it is shown."""


class Refusal(Exception):
    """A rule said no; `sentence` is a message id with %(name)s places that `parameters` fill."""

    def __init__(self, sentence: str, *, field: str | None = None, **parameters: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        self.parameters = parameters

    def __str__(self) -> str:
        return self.sentence % self.parameters if self.parameters else self.sentence


class Question(Refusal):
    """A rule asks whether a value that looks wrong is right; a yes, given with the value, lets it in."""


class NotFound(Refusal):
    """What was asked for does not exist, or is not for this person: both answer 404."""
