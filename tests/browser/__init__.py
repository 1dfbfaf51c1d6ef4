"""The plant in a real browser: a server of the test's own instance, tablets and desks that report what goes wrong."""
