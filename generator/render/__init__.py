"""How a plan looks as scripts and texts."""
