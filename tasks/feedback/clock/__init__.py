"""The clock of one query: its day as it stands, and what is to be noted of it now (docs/clocks.md)."""
