-- Grades that were set elsewhere (supplement/grades.csv): posted or overridden by a teacher, or brought from another school.
CREATE TABLE lake.core_imported_grade (
  extract_id VARCHAR NOT NULL,
  known_at   TIMESTAMPTZ NOT NULL,
  person_ref VARCHAR NOT NULL,
  class_id   VARCHAR NOT NULL,
  session_id VARCHAR,           -- null: the format has no sessions, so the grade is that of the cycle
  grade      VARCHAR,           -- as printed: B+, I, P, W, …
  percent    DECIMAL(18, 6),
  note       VARCHAR            -- only the codes that insert_facts.sql lists: no free text in the lake
);
