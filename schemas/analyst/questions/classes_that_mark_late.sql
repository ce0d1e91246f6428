-- Which classes mark late? Results of line items that were due by the cut-off: how many got their mark more than 7
-- days after the due date, and how many have none.
--   cycle_id: the cycle
--   school_id: the school
--   class_id: the class
--   class_title: what the class is called
--   result_count: results of due line items that are not exempt; null in a class with few students
--   late_marked_percent: per cent of them with a mark more than 7 days after the due date, exact to 2 places
--   unmarked_percent: per cent of them without a mark, exact to 2 places
WITH due AS (
  SELECT k.cycle_id, k.school_id, k.class_id, k.extract_id, k.known_at, k.person_ref,
    r.score IS NULL AND r.score_status <> 'not submitted' AS is_unmarked,
    r.score IS NOT NULL AND r.score_date > i.due_date + 7 AS is_marked_late
  FROM known.counting_course k
  JOIN known.core_result r USING (extract_id, class_id, person_ref)
  JOIN known.core_line_item i USING (extract_id, class_id, line_item_id)
  WHERE i.due_date <= k.cutoff_date AND r.score_status <> 'exempt'
), class AS (
  SELECT d.cycle_id, d.school_id, d.class_id, arg_max(c.title, (d.known_at, c.title)) AS class_title,
    count(*) AS result_count, count(*) FILTER (is_marked_late) AS late_count, count(*) FILTER (is_unmarked) AS none_count,
    count(DISTINCT d.person_ref) >= (SELECT small_cell FROM known.setting) AS is_shown
  FROM due d
  LEFT JOIN known.core_class c USING (extract_id, class_id)
  GROUP BY ALL
)
SELECT cycle_id, school_id, class_id, class_title,
  CASE WHEN is_shown THEN result_count END AS result_count,
  CASE WHEN is_shown THEN mean_of(100 * late_count, result_count) END AS late_marked_percent,
  CASE WHEN is_shown THEN mean_of(100 * none_count, result_count) END AS unmarked_percent
FROM class
ORDER BY cycle_id, school_id, late_marked_percent DESC NULLS LAST, class_id;
