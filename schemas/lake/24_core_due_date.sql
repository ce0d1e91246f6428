-- Days on which work is due for one student, where they differ from the class's (supplement/dueDates.csv).
CREATE TABLE lake.core_due_date (
  extract_id   VARCHAR NOT NULL,
  known_at     TIMESTAMPTZ NOT NULL,
  line_item_id VARCHAR NOT NULL,
  person_ref   VARCHAR NOT NULL,
  due_date     DATE NOT NULL,
  due_at       TIMESTAMP NOT NULL  -- UTC; the last second of the day in the school's zone
);
