"""What the scripts `run` and `instructions` share."""
