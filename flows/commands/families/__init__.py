"""What reaches families, what became of it, and what they ask."""
