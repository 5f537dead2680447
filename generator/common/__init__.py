"""What every room of the generator needs: refusals, doubtful texts, reading files."""
