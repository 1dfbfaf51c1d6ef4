"""One line of history of the tables; the triggers of the trail are generated anew after each step."""
