-- A result in a word: only words that a score scale has, so that no free text gets here.
CREATE TABLE lake.core_result_word (
  extract_id       VARCHAR NOT NULL,
  known_at         TIMESTAMPTZ NOT NULL,
  line_item_id     VARCHAR NOT NULL,
  person_ref       VARCHAR NOT NULL,
  score_scale_id   VARCHAR NOT NULL,
  word             VARCHAR NOT NULL,
  score            DECIMAL(18, 6)    -- points; null: the scale gives no number
);
