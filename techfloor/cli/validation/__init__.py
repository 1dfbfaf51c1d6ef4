"""What `validate` shows: the clauses with their tests, the published cases, and the report of both."""
