"""Code shared by the scripts `run` and `instructions`."""
