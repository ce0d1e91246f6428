-- A word of a score scale and the points it stands for (OneRoster 1.2: {score:word}).
CREATE TABLE lake.core_score_scale (
  extract_id       VARCHAR NOT NULL,
  known_at         TIMESTAMPTZ NOT NULL,
  score_scale_id   VARCHAR NOT NULL,
  title            VARCHAR NOT NULL,
  word             VARCHAR NOT NULL,
  score            DECIMAL(18, 6)    -- null: the scale gives no number
);
