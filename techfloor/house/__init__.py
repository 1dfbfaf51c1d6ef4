"""Pages of no duty: what is due, scan, search, set-up, settings, verify, errors, and the shell around every page."""
