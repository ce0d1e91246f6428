"""What is done once, and what keeps a home in order."""
