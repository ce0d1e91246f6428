-- The rules on results.csv and on what hangs on it, as somebody would write them who needs no contract: no row numbers,
-- no quarantine, no holds. FOLDER, TODAY, CUTOFF and MARKUP are put in by check_yardsticks.py.
WITH r AS MATERIALIZED (
  SELECT row_number() OVER () AS n, *, TRY_CAST(score AS DECIMAL(18,6)) AS points, TRY_CAST(scoreDate AS DATE) AS day
  FROM read_csv('FOLDER/results.csv', all_varchar = true, header = true, delim = ',', quote = '"', escape = '"')
), u AS MATERIALIZED (SELECT sourcedId, role FROM read_csv('FOLDER/users.csv', all_varchar = true, header = true)
), e AS MATERIALIZED (
  SELECT classSourcedId, userSourcedId, role, TRY_CAST(beginDate AS DATE) AS first, TRY_CAST(endDate AS DATE) AS last
  FROM read_csv('FOLDER/enrollments.csv', all_varchar = true, header = true)
), i AS MATERIALIZED (
  SELECT sourcedId, classSourcedId, TRY_CAST(resultValueMax AS DECIMAL(18,6)) AS possible,
    TRY_CAST(dueDate AS DATE) AS due FROM read_csv('FOLDER/lineItems.csv', all_varchar = true, header = true)
), cells AS (
  SELECT count_if(trim(coalesce(sourcedId, '')) = '') AS no_id, count_if(trim(coalesce(lineItemSourcedId, '')) = '')
      AS no_item, count_if(trim(coalesce(studentSourcedId, '')) = '') AS no_student,
    count_if(trim(coalesce(scoreStatus, '')) = '') AS no_status, count_if(trim(coalesce(scoreDate, '')) = '') AS no_date,
    count_if(lower(scoreStatus) NOT IN ('exempt', 'fully graded', 'not submitted', 'partially graded', 'submitted'))
      AS enum,
    count_if(scoreStatus <> lower(scoreStatus)) AS wrong_case, count_if(lower(status) NOT IN ('active', 'tobedeleted'))
      AS enum_status,
    count_if(NOT regexp_matches(score, '^-?([0-9]+([.][0-9]*)?|[.][0-9]+)$')) AS type_decimal,
    count_if(NOT regexp_matches(score, '^-?0*[0-9]{0,12}([.][0-9]{0,6}0*)?$')) AS too_precise,
    count_if(points < 0) AS range, count_if(scoreDate IS NOT NULL AND (day IS NULL OR length(scoreDate) <> 10)) AS dated,
    count_if(dateLastModified IS NOT NULL AND TRY_CAST(dateLastModified AS TIMESTAMP) IS NULL) AS instant,
    count_if(points IS NULL AND scoreStatus IN ('fully graded', 'partially graded')
      OR points IS NOT NULL AND scoreStatus = 'submitted') AS status_score,
    count_if(points IS NOT NULL AND scoreStatus = 'exempt') AS exempt_score,
    count_if(day > DATE 'TODAY') AS future, count_if(length(comment) > 2000) AS long,
    count_if(regexp_matches(comment, 'MARKUP')) AS markup FROM r
), one AS (SELECT count(*) AS n FROM (SELECT sourcedId FROM r GROUP BY 1 HAVING count(*) > 1)
), pair AS (SELECT count(*) AS n FROM (SELECT 1 FROM r GROUP BY lineItemSourcedId, studentSourcedId HAVING count(*) > 1)
), item AS (SELECT count(*) AS n FROM r ANTI JOIN i ON i.sourcedId = r.lineItemSourcedId
), person AS (SELECT count(*) AS n FROM r ANTI JOIN (SELECT * FROM u WHERE role = 'student') AS u
  ON u.sourcedId = r.studentSourcedId
), above AS (
  SELECT count_if(r.points > i.possible) AS n, count_if(r.points * 100 > i.possible * 200) AS m
  FROM r JOIN i ON i.sourcedId = r.lineItemSourcedId WHERE i.possible > 0
), stray AS (
  SELECT count(*) AS n FROM r JOIN i ON i.sourcedId = r.lineItemSourcedId
  ANTI JOIN e ON e.classSourcedId = i.classSourcedId AND e.userSourcedId = r.studentSourcedId
), spread AS (
  SELECT i.sourcedId, any_value(i.classSourcedId) AS class_id, any_value(i.possible) AS possible, count(points) AS marks,
    min(points) AS low, max(points) AS high, count_if(points > possible) AS above,
    avg(points * 100 / nullif(possible, 0)) AS mean FROM r JOIN i ON i.sourcedId = r.lineItemSourcedId GROUP BY 1
), odd AS (
  SELECT count_if(marks >= 8 AND low = high AND low <> possible) AS alike, count_if(marks >= 5 AND above * 2 > marks)
    AS mostly, count_if(abs(mean - middle) > 40) AS jumps
  FROM spread JOIN (SELECT class_id, median(mean) AS middle FROM spread WHERE marks >= 8 GROUP BY 1 HAVING count(*) >= 4)
  USING (class_id)
), empty AS (SELECT count(*) AS n FROM i ANTI JOIN r ON r.lineItemSourcedId = i.sourcedId WHERE due <= DATE 'CUTOFF'
), asked AS (
  SELECT i.classSourcedId AS class_id, count(*) AS n FROM i JOIN e ON e.classSourcedId = i.classSourcedId
  WHERE e.role = 'student' AND due <= DATE 'CUTOFF' AND (first IS NULL OR first <= due)
    AND (last IS NULL OR last > DATE 'CUTOFF') GROUP BY 1
), given AS (
  SELECT i.classSourcedId AS class_id, count(*) AS n FROM r JOIN i ON i.sourcedId = r.lineItemSourcedId
  JOIN e ON e.classSourcedId = i.classSourcedId AND e.userSourcedId = r.studentSourcedId
  WHERE e.role = 'student' AND due <= DATE 'CUTOFF' AND (first IS NULL OR first <= due)
    AND (last IS NULL OR last > DATE 'CUTOFF') AND (points IS NOT NULL OR scoreStatus IN ('exempt', 'not submitted'))
  GROUP BY 1
), gaps AS (SELECT count_if((a.n - coalesce(g.n, 0)) * 5 > a.n) AS n FROM asked AS a LEFT JOIN given AS g USING (class_id)
)
SELECT * FROM cells, one, pair, item, person, above, stray, odd, empty, gaps
