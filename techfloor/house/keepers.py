"""Who keeps which kind of record: the duties, and the house for what is signed and belongs to none of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor.house.running import running
from techfloor.records import access_review, policy
from techfloor.web.duty import Duty
from techfloor.web.show import day


@dataclass(frozen=True)
class Keeper:
    """A kind of record that the house keeps: what it is called, where it is read, what stands on its paper."""

    title: Any
    record_kinds: tuple[str, ...]
    record_prefix: str
    page: Callable[[str], str]
    on_paper: Callable[[Mapping[str, Any]], list[tuple[str, str]]]

    def record_url(self, number: str) -> str | None:
        """Return the page of one of its records, None for the number of another's."""
        mine = bool(self.record_prefix) and number.startswith(f"{self.record_prefix}-")
        return self.page(number) if mine else None


def _policy_on_paper(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (_("Document"), str(content["title"])),
        (_("Version"), str(content["version"])),
        (_("In force from"), day(date.fromisoformat(content["effective_from"]))),
    ]


def _access_on_paper(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (_("Document"), _("Review of access")),
        (_("Day"), day(date.fromisoformat(content["day"]))),
        (_("Persons"), str(len(content["persons"]))),
    ]


OF_HOUSE = (
    Keeper(
        title=_l("E-signature policy"),
        record_kinds=(policy.KIND,),
        record_prefix=policy.PREFIX,
        page=lambda _number: "/settings/policy",
        on_paper=_policy_on_paper,
    ),
    Keeper(
        title=_l("Review of access"),
        record_kinds=(access_review.KIND,),
        record_prefix=access_review.PREFIX,
        page=lambda number: f"/people/access/{number}",
        on_paper=_access_on_paper,
    ),
)


def keepers() -> tuple[Duty | Keeper, ...]:
    """Return all who keep records."""
    duties = running().duties
    documents = (each for duty in duties for each in duty.documents)
    return (
        *duties,
        *(Keeper(each.title, (each.kind,), each.prefix, each.page, each.on_paper) for each in documents),
        *OF_HOUSE,
    )


def record_url(number: str, kind: str = "") -> str | None:
    """Return the page of a record, asked of those who keep records in their order.

    A document that is numbered by a code of its own is found by its kind alone.
    """
    asked = [keeper for keeper in keepers() if not kind or kind in keeper.record_kinds]
    if kind and asked and not asked[0].record_prefix and isinstance(asked[0], Keeper):
        return asked[0].page(number)
    found = (keeper.record_url(number) for keeper in asked)
    return next((url for url in found if url is not None), None)


def kind_titles() -> dict[str, str]:
    """Return what each kind of record is called."""
    return {kind: str(keeper.title) for keeper in keepers() for kind in keeper.record_kinds}
