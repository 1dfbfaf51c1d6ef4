"""The demo plant: its data, its cast and their typed reading; every page made from it says DEMO."""
