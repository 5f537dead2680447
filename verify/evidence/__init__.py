"""What the runs of a bundle recorded, and what follows from it."""
