"""The words for whose tolerance counts where the card of a gauge and its procedure state another one each."""

from flask_babel import gettext as _

from techfloor.duties.calibration.report.words import with_minus
from techfloor.duties.calibration.rules.procedure import Item, Procedure
from techfloor.duties.calibration.rules.tolerances import on_its_card


def whose_tolerance(procedure: Procedure, item: Item, gauge: str) -> str:
    """Say that the card of a gauge counts, and what its procedure states instead; "" where they agree."""
    own = on_its_card(procedure, item)
    if not own:
        return ""
    return str(
        _(
            "The tolerance on the card of %(gauge)s counts: %(own)s. %(procedure)s states %(other)s.",
            gauge=gauge,
            own=with_minus(own),
            procedure=procedure.code,
            other=with_minus(procedure.own_tolerance),
        )
    )
