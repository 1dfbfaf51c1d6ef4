"""The documented duties, one package each; they never import each other."""
