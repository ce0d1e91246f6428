"""A OneRoster 1.1 or 1.2 REST service as a source: its JSON becomes the CSV bundle that the standard describes."""
