"""What every page shares: the visitor, permissions per route, one act per request, forms and how values are shown."""
