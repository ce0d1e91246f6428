-- Student × class × category: points as the state table counts them, exact decimals.
SELECT
  m.person_ref, m.class_id, coalesce(m.category_id, '') AS category_id,
  coalesce(sum(m.score) FILTER (state IN ('graded', 'missing_marked')), 0) AS current_points,
  coalesce(sum(m.points_possible) FILTER (state IN ('graded', 'missing_marked')), 0) AS current_possible,
  coalesce(sum(m.score) FILTER (state IN ('graded', 'missing_marked', 'awaits_review')), 0) AS final_points,
  coalesce(sum(m.points_possible) FILTER (state IN ('graded', 'missing_marked', 'awaits_review', 'ungraded', 'missing')), 0)
    AS final_possible,
  count(*) FILTER (state IN ('graded', 'missing_marked')) AS graded_count,
  count(*) FILTER (state IN ('missing', 'missing_marked')) AS missing_count,
  count(*) FILTER (m.is_late) AS late_count,
  count(*) FILTER (state IN ('ungraded', 'awaits_review')) AS ungraded_count
FROM mark m
GROUP BY ALL
ORDER BY m.person_ref, m.class_id, category_id;
