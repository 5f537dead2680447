"""The rules about scripts, one family a file, each with its page."""
