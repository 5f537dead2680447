"""What was delivered, folder, zip or loose script, held to all rules."""
