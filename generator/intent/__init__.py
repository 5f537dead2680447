"""What was asked for: the configuration and the inventory."""
