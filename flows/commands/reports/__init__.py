"""From an extract to reports that wait for release, and the papers beside them."""
