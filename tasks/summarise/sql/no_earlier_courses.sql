-- Of a school's first cycle: there is nothing to compare it with.
CREATE OR REPLACE TEMP TABLE course_trend (
  person_ref VARCHAR, class_id VARCHAR, against VARCHAR, against_cycle_id VARCHAR, against_class_id VARCHAR,
  measure VARCHAR, percent_then DECIMAL(18, 6), percent_now DECIMAL(18, 6), change_percent DECIMAL(18, 6)
);
