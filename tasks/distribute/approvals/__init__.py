"""Approving a whole release, and letting out what was approved."""
