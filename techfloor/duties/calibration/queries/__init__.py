"""Reads of calibrations, and of what stands around them."""
