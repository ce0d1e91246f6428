"""A gradebook by itself: its rows are all that is known of people, and its files of classes."""
