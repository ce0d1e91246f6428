-- Of a past term nobody's contacts are taken: what was so then is no right, name or address of today.
CREATE TEMP VIEW contact_row AS SELECT NULL::VARCHAR AS contact_sourced_id WHERE false;
