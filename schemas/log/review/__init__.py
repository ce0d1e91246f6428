"""The numbers of a school year, from the distribution log alone."""
