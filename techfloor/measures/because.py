"""A reason that a page can put into its reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True)
class Because:
    """One reason, as a message id with %(name)s places and what fills them."""

    sentence: str
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def __str__(self) -> str:
        """Give the sentence in English."""
        return self.sentence % self.values if self.values else self.sentence


def because(sentence: str, **values: object) -> Because:
    """Make a reason."""
    return Because(sentence, MappingProxyType(values))
