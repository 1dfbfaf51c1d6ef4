"""Alembic's environment: it is given an open connection, inside the one transaction of the upgrade."""

from alembic import context

from techfloor.migrations.models import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=False,  # the upgrade holds one transaction around all steps
)
context.run_migrations()
