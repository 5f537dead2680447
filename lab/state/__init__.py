"""The directory state: a snapshot, and the changes since."""
