"""Benchmarks: what the application costs on this machine, beside the goals it was built for."""
