"""What the certificate of a standard gives at a point: certified values, and U of what is measured against. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from techfloor.measures.side import EXACT
from techfloor.measures.units import UnitError, convert, is_unit, same_unit, show_unit
from techfloor.refusals import Refusal

_HUNDRED = Decimal(100)


@dataclass(frozen=True)
class StandardFacts:
    """A standard as its certificate states it.

    `certified` has value and U by nominal, in `unit`, the standard's own. `stated` is U for all of it, as the
    certificate gives it: kind (constant, percent, length, per value), constant, percent, per_metre, unit, k.
    """

    code: str
    certified: Mapping[str, tuple[Decimal, Decimal | None]]
    unit: str = ""
    stated: Mapping[str, str] = field(default_factory=dict)

    @property
    def k(self) -> Decimal | None:
        """The coverage factor that the certificate states, None where it states none."""
        return Decimal(self.stated["k"]) if self.stated.get("k") else None

    def same_unit(self, unit: str) -> bool:
        """Tell whether its pieces are counted in this unit."""
        return not self.unit or self.unit == unit or (is_unit(unit) and same_unit(self.unit, unit))

    def value_of(self, stack: Sequence[str], otherwise: Decimal, unit: str) -> Decimal:
        """Return the certified value of the pieces together; `otherwise` at a point without pieces."""
        if not stack:
            return otherwise
        return sum((self._piece(nominal, unit)[0] for nominal in stack), Decimal(0))

    def deviation_of(self, stack: Sequence[str], unit: str) -> Decimal:
        """Return how far the pieces may lie from their nominals together, were they all off the same way."""
        return sum((abs(self._piece(nominal, unit)[0] - Decimal(nominal)) for nominal in stack), Decimal(0))

    def u_at(self, stack: Sequence[str], value: Decimal, unit: str) -> Decimal | None:
        """Return U of the standard at a point, in `unit`; None where its certificate does not state it.

        The U of several pieces add up. Pieces of one set were calibrated by one laboratory against the same
        standards in one go, so their errors go together: r = +1 (JCGM 100:2008, 5.2.2 note 1 and F.1.2.3). The root
        of the sum of squares would hold only for pieces calibrated independently, and would say too little.
        """
        if stack:
            pieces = [self._u_of_piece(nominal, unit) for nominal in stack]
            known = [u for u in pieces if u is not None]
            return sum(known, Decimal(0)) if len(known) == len(pieces) else None
        for nominal in self.certified:
            if Decimal(nominal) == value:
                return self._u_of_piece(nominal, unit)
        kind = self.stated.get("kind", "")
        if value == 0 and kind not in {"constant", "percent"} and (kind or self.certified):
            return Decimal(0)  # jaws closed, an empty pan: no piece is there to be uncertain
        return self._stated_u(value, unit)

    def _u_of_piece(self, nominal: str, unit: str) -> Decimal | None:
        u = self._piece(nominal, unit)[1]
        return self._stated_u(Decimal(nominal), unit) if u is None else u

    def _stated_u(self, value: Decimal, unit: str) -> Decimal | None:
        kind, own = self.stated.get("kind"), self.stated.get("unit") or self.unit or unit
        if kind == "percent":
            return EXACT.multiply(abs(value), Decimal(self.stated["percent"])) / _HUNDRED
        if kind == "constant":
            return self._in(Decimal(self.stated["constant"]), own, unit)
        if kind == "length":
            metres = self._in(abs(value), unit, "m")
            per_metre = Decimal(self.stated.get("per_metre") or 0)
            return self._in(Decimal(self.stated["constant"]) + per_metre * metres, own, unit)
        return None

    def _in(self, amount: Decimal, source: str, target: str) -> Decimal:
        if source == target:
            return amount
        try:
            return convert(amount, source, target, difference=True)
        except UnitError as error:
            raise self._other_unit(source, target) from error

    def _piece(self, nominal: str, unit: str) -> tuple[Decimal, Decimal | None]:
        if not self.same_unit(unit):
            raise self._other_unit(self.unit, unit)
        for known, piece in self.certified.items():
            if Decimal(known) == Decimal(nominal):
                return piece
        if not self.certified:
            raise Refusal(
                "The certificate of %(code)s gives no certified values, and this point is built of its pieces. Add a "
                "line for each piece to the certificate, or choose another standard.",
                field="standard",
                code=self.code,
            )
        raise Refusal(
            "%(code)s has no piece of %(nominal)s on its certificate. Add it there, or choose another standard.",
            field="standard",
            code=self.code,
            nominal=nominal,
        )

    def _other_unit(self, own: str, asked: str) -> Refusal:
        return Refusal(
            "The certificate of %(code)s is in %(own)s, this point is in %(asked)s. Choose another standard.",
            field="standard",
            code=self.code,
            own=show_unit(own),
            asked=show_unit(asked),
        )
