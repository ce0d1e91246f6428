"""The channel `email`: a notice without names or grades, sent under TLS at most once, and the reports about it."""
