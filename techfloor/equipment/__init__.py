"""The spine: machines, gauges and standards, why one may not be used, what is due on it, and what happened to it."""
