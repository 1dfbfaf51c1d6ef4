"""How a rule says no: a sentence with parameters, put into the reader's language where it is shown."""

from collections.abc import Callable, Iterable, Sequence


class Refusal(Exception):
    """A rule said no; `sentence` is a message id with %(name)s places that `parameters` fill."""

    def __init__(self, sentence: str, *, field: str | None = None, **parameters: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        self.parameters = parameters

    def __str__(self) -> str:
        return self.sentence % self.parameters if self.parameters else self.sentence


class Several(Refusal):
    """Several rules said no, each for itself; as one it is the first of them."""

    def __init__(self, every: Sequence[Refusal]) -> None:
        first = every[0]
        super().__init__(first.sentence, field=first.field, **first.parameters)
        self.every = tuple(every)


def together(checks: Iterable[Callable[[], object]]) -> None:
    """Run checks that do not rest on each other; raises what they refuse, all of it at once."""
    found: list[Refusal] = []
    for check in checks:
        try:
            check()
        except Several as no:
            found += no.every
        except Refusal as no:
            found.append(no)
    if found:
        raise found[0] if len(found) == 1 else Several(found)


class Question(Refusal):
    """A rule asks whether a value that looks wrong is right; a yes, given with the value, lets it in."""


class NotFound(Refusal):
    """What was asked for does not exist, or is not for this person: both answer 404."""
