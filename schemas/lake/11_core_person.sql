-- A person as one sealed value: everything about them that is not a mark (names, ids, addresses, rights).
CREATE TABLE lake.core_person (
  extract_id VARCHAR NOT NULL,
  known_at   TIMESTAMPTZ NOT NULL,
  person_ref VARCHAR NOT NULL,  -- random
  role_code  VARCHAR NOT NULL,  -- student, contact, teacher
  school_id  VARCHAR,           -- of students: where they are enrolled
  identity   BLOB NOT NULL      -- AES-256-GCM under the person's own key
);
