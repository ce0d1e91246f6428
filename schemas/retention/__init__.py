"""How long each kind of record is kept: the kinds there are, and the page that says it."""
