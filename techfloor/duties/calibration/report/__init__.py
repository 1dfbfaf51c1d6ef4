"""The papers of a calibration, each drawn from its signed content and from nothing else."""
