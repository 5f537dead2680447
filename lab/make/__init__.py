"""Makes the state of a new lab."""
