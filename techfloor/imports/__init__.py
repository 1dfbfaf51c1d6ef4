"""Bringing a sheet, CSV or XLSX, into techfloor: read, matched, looked through, then brought in by one act."""
