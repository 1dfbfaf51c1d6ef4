"""Published examples of acceptance sampling: MIL-STD-105E, the NIST handbook, Montgomery, R's packages."""

from techfloor.cli.validation.examples.terms import Inputs, Results
from techfloor.measures.chances import Model
from techfloor.measures.operating_curve import acceptance, outgoing_limit, quality_at, single, table_model
from techfloor.measures.plan_search import RiskPoint, find_plan
from techfloor.measures.sampling import Arrow, Cell, cell, code_letter
from techfloor.measures.variables_plan import find_variables_plan


def rejection_numbers(given: Inputs) -> Results:
    """The cells of table II-A that NIBS reproduces, by their rejection numbers."""
    signs = {Arrow.down: "v", Arrow.up: "^"}

    def written(found: Cell) -> int | str:
        return found.re if found.arrow is None else signs[found.arrow]

    return {
        "mismatches": [
            (letter, aql)
            for letter, row in given["rows_Re"].items()
            for aql, printed in zip(given["AQL"], row, strict=True)
            if written(cell(letter, aql)) != printed
        ]
    }


def master_table(given: Inputs) -> Results:
    """All cells of table II-A, by their acceptance numbers and arrows."""
    signs = {Arrow.down: "D", Arrow.up: "U"}
    printed = {
        (letter, aql): sign
        for letter, row in given["rows"].items()
        for aql, sign in zip(given["AQL"], row.split(), strict=True)
    }
    found = {at: cell(*at) for at in printed}
    written = {at: str(one.ac) if one.arrow is None else signs[one.arrow] for at, one in found.items()}
    return {"mismatches": [at for at in printed if written[at] != printed[at]], "cells": len(written)}


def code_letters(given: Inputs) -> Results:
    """The code letters of general level II at both ends of each row of lot sizes."""
    return {"letters": [code_letter(lot) for lot in given["lots"]]}


def limiting_quality(given: Inputs) -> Results:
    """The quality of table VI-A that is accepted once in ten times."""
    plans = [single(n, given["c"]) for n in given["n"]]
    return {"LQ_pct": [100 * quality_at(plan, 0.1, table_model(plan.n)) for plan in plans]}


def outgoing_factors(given: Inputs) -> Results:
    """The factors of table V-A for the average outgoing quality limit."""
    return {"AOQL_pct": [100 * outgoing_limit(single(n, given["c"]), Model.poisson).aoql for n in given["n"]]}


def tabulated_curve(given: Inputs) -> Results:
    """Qualities of table X by their probability of acceptance."""
    plan = single(given["n"], given["c"])
    return {f"p{pa}": 100 * quality_at(plan, pa / 100, table_model(plan.n)) for pa in (95, 50, 10)}


def curve_of_lots(given: Inputs) -> Results:
    """Probabilities of acceptance by quality; without a list of qualities, from 1 to 12 %."""
    plan = single(given["n"], given["c"])
    return {"Pa": [acceptance(plan, p) for p in given.get("p", [i / 100 for i in range(1, 13)])]}


def plan_by_attributes(given: Inputs) -> Results:
    """The smallest plan that keeps a producer's and a consumer's risk."""
    found = find_plan(RiskPoint(*given["PRP"]), RiskPoint(*given["CRP"]))
    return {"n": found.n, "c": found.c}


def plan_by_variables(given: Inputs) -> Results:
    """The same by variables, with the standard deviation known and unknown."""
    points = RiskPoint(*given["PRP"]), RiskPoint(*given["CRP"])
    known = find_variables_plan(*points, sigma_known=True)
    unknown = find_variables_plan(*points, sigma_known=False)
    return {"n_known": known.plan.n, "n_unknown": unknown.plan.n, "k_known_hi": known.k_high}
