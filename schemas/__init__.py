"""What travels and what is kept: the models, settings and SQL that every stage shares."""
