"""The data of the demo plant as files, and the generator of those that are computed."""
