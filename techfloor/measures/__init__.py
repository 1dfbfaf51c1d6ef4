"""The plant's mathematics: numbers, tolerances, verdicts, uncertainty, drift, due dates; no side effects."""
