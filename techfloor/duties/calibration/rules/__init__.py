"""The rules of calibration, without a database and without a page: readings, procedures, standards, intervals."""
