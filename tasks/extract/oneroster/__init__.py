"""A OneRoster 1.2 REST service as a source: its JSON becomes the bundle of CSV files that the standard describes."""
