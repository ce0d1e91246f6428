"""How fast grades are computed."""
