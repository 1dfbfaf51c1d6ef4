"""The digital calibration certificate (DCC of PTB, schema 3.3, units by D-SI): written and read; knows no duty."""
