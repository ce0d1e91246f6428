-- Student × class of the cycle, also where the class has no line item yet.
SELECT DISTINCT e.person_ref, e.class_id
FROM lake.core_enrollment e
JOIN lake.core_class c ON c.extract_id = e.extract_id AND c.class_id = e.class_id,
  (SELECT start_date, is_assumed FROM cycle_session WHERE is_top) top
WHERE e.extract_id = $extract_id AND e.school_id = $school_id AND e.role_code = 'student'
  AND coalesce(e.begin_date <= $cutoff, true) AND coalesce(e.end_date > top.start_date, true)
  AND (
    list_has_any(c.session_ids, (SELECT list(session_id) FROM cycle_session))
    OR list_has_any(c.session_ids, $above)
    OR c.class_id IN (SELECT class_id FROM mark)
    OR top.is_assumed
  )
ORDER BY ALL;
