"""What the scripts of a bundle can do."""
