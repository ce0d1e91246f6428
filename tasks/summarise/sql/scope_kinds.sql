-- What the policy must be asked about line items, each question once: thousands of classes have the same few categories
-- and sessions. own_rules: the class where the policy has rules for it alone, else ''.
CREATE OR REPLACE TEMP TABLE scope_line AS
SELECT s.class_id, s.session_id, s.line_item_id, coalesce(s.item_session_id, '') AS item_session_id,
  coalesce(i.category_id, '') AS category_id,
  CASE WHEN list_contains($classes, s.class_id) THEN s.class_id ELSE '' END AS own_rules
FROM scope_line_item s
JOIN lake.core_line_item i ON i.extract_id = $extract_id AND i.line_item_id = s.line_item_id;

CREATE OR REPLACE TEMP TABLE category_kind AS
SELECT k.own_rules, k.category_id, coalesce(c.title, '') AS title, c.weight
FROM (SELECT DISTINCT own_rules, category_id FROM scope_line) k
LEFT JOIN lake.core_category c ON c.extract_id = $extract_id AND c.category_id = k.category_id
ORDER BY ALL;

CREATE OR REPLACE TEMP TABLE session_kind AS
SELECT DISTINCT own_rules, session_id, item_session_id FROM scope_line ORDER BY ALL;

-- Courses with the same categories and sessions have the same rules.
CREATE OR REPLACE TEMP TABLE scope_kind AS
WITH held AS (SELECT DISTINCT class_id, session_id, category_id, item_session_id FROM scope_line),
listed AS (
  SELECT s.class_id, s.session_id, CASE WHEN list_contains($classes, s.class_id) THEN s.class_id ELSE '' END AS own_rules,
    coalesce(list_sort(list_distinct(list(h.category_id) FILTER (h.category_id IS NOT NULL))), []) AS categories,
    coalesce(list_sort(list_distinct(list(h.item_session_id) FILTER (h.item_session_id IS NOT NULL))), []) AS sessions
  FROM scope s LEFT JOIN held h ON h.class_id = s.class_id AND h.session_id = s.session_id
  GROUP BY ALL
)
SELECT *, dense_rank() OVER (ORDER BY session_id, own_rules, categories, sessions)::INTEGER AS kind FROM listed;
