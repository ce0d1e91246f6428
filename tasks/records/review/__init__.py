"""The yearly review of the procedure: its pages, the evidence, and who signs it."""
