"""Where work happens: the plant with its zone and profile, its areas and stations, its shifts."""
