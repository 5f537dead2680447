"""What every room of the verification needs: refusals, foreign texts, exit codes."""
