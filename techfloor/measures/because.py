"""A reason that a page can put into its reader's language."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Because:
    """One reason, as a message id with %(name)s places and what fills them, in pairs."""

    sentence: str
    values: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        """Give the sentence in English."""
        return self.sentence % dict(self.values) if self.values else self.sentence


def because(sentence: str, **values: object) -> Because:
    """Make a reason."""
    return Because(sentence, tuple(values.items()))
