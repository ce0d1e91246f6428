"""How a place writes things: direction, regions, telephone numbers."""
