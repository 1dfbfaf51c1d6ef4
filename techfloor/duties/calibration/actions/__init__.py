"""The acts on calibrations, procedures and intervals."""
