"""Forms of a calibration: at the bench, of an outside laboratory, of a procedure."""
