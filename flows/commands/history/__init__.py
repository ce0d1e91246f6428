"""What happened, and what the history says."""
