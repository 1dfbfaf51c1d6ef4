"""Who works here: persons and their roles, the devices they share, how they sign in and prove it is them."""
