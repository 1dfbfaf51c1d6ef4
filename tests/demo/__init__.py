"""Tests of the demo plant's data, its typed reading and its generator."""
