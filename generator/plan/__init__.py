"""What shall be there afterwards."""
