"""Tests of the plant's mathematics."""
