"""Published examples of analysis of variance and of gauge studies: NIST StRD and AIAG."""

from decimal import Decimal

from techfloor.cli.validation.examples.terms import Inputs, Results, number
from techfloor.measures.anova import AnovaRow, TwoWay, one_way
from techfloor.measures.gauge_study import Source, crossed
from techfloor.measures.study import study_of


def strd_one_way(given: Inputs) -> Results:
    """A one-way table from values with the name of their group."""
    groups: dict[str, list[Decimal]] = {}
    for name, value in given["data"]:
        groups.setdefault(name, []).append(number(value))
    return {"F": one_way(list(groups.values())).between.f}


def aiag_crossed(given: Inputs) -> Results:
    """Ten parts read three times each by three appraisers; the interaction is pooled."""
    readings = {
        appraiser: {str(part): [number(value) for value in values] for part, values in enumerate(parts, start=1)}
        for appraiser, parts in given["data_A_B_C[part][trial]"].items()
    }
    found = crossed(study_of(readings), alpha=given["pool_if_p_gt"])
    table = found.table
    assert isinstance(table, TwoWay)
    assert isinstance(table.interaction, AnovaRow)
    gauge = found.line(Source.gauge)
    return {
        "SS_part": table.first.ss,
        "SS_op": table.second.ss,
        "SS_int": table.interaction.ss,
        "SS_rep": table.error.ss,
        "F_part": table.first.f,
        "F_op": table.second.f,
        "F_int": table.interaction.f,
        "p_int": table.interaction.p,
        "var_rep": found.line(Source.repeatability).variance,
        "var_op": found.line(Source.appraiser).variance,
        "var_grr": gauge.variance,
        "var_part": found.line(Source.part).variance,
        "var_total": found.line(Source.total).variance,
        "pct_contrib_grr": gauge.contribution,
        "pct_sv_grr": gauge.study_percent,
        "ndc": found.ndc,
    }
