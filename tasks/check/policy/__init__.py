"""Whether the grading policy of a home fits an extract."""
