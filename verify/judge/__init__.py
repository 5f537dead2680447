"""What an answer means, and which verdict follows."""
