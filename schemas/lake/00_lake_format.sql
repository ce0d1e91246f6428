-- Which form of these tables the lake has; `termpost migrate` brings older ones up.
CREATE TABLE lake.lake_format (format INTEGER NOT NULL);
