"""Where to, and as whom."""
