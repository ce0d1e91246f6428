-- What the policy must be asked about line items, each question once: thousands of classes have the same few categories
-- and sessions. own_rules: the class where the policy has rules for it alone, else ''.
-- Of a section that students came from, a category goes by its title into that of the class they came to.
CREATE OR REPLACE TEMP TABLE line_category AS
WITH held AS (
  SELECT DISTINCT l.line_id, l.session_id, l.place = 999 AS is_own, l.category_id, c.title
  FROM line_item l
  JOIN line n ON n.line_id = l.line_id AND n.session_id = l.session_id AND len(n.from_classes) > 0
  JOIN lake.core_category c ON c.extract_id = $extract_id AND c.category_id = l.category_id
)
SELECT f.line_id, f.session_id, f.category_id, min(o.category_id) AS own_category_id
FROM held f JOIN held o ON o.line_id = f.line_id AND o.session_id = f.session_id AND o.title = f.title
WHERE o.is_own AND NOT f.is_own
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE scope_line AS
SELECT l.* REPLACE (
    coalesce(l.item_session_id, '') AS item_session_id,
    coalesce(CASE WHEN l.place < 999 THEN c.own_category_id END, l.category_id, '') AS category_id),
  CASE WHEN list_contains($classes, n.class_id) THEN n.class_id ELSE '' END AS own_rules
FROM line_item l
JOIN line n ON n.line_id = l.line_id AND n.session_id = l.session_id
LEFT JOIN line_category c ON c.line_id = l.line_id AND c.session_id = l.session_id AND c.category_id = l.category_id;

CREATE OR REPLACE TEMP TABLE category_kind AS
SELECT k.own_rules, k.category_id, coalesce(c.title, '') AS title, c.weight
FROM (SELECT DISTINCT own_rules, category_id FROM scope_line) k
LEFT JOIN lake.core_category c ON c.extract_id = $extract_id AND c.category_id = k.category_id
ORDER BY ALL;

CREATE OR REPLACE TEMP TABLE session_kind AS
SELECT DISTINCT own_rules, session_id, item_session_id FROM scope_line ORDER BY ALL;

-- Courses with the same categories and sessions have the same rules; those of a move, by what holds where they led to.
CREATE OR REPLACE TEMP TABLE scope_kind AS
WITH held AS (SELECT DISTINCT line_id, session_id, category_id, item_session_id FROM scope_line),
listed AS (
  SELECT s.line_id, s.class_id, s.session_id, CASE WHEN s.line_id = s.class_id THEN '' ELSE s.class_id END AS moved_to,
    CASE WHEN list_contains($classes, s.class_id) THEN s.class_id ELSE '' END AS own_rules,
    coalesce(list_sort(list_distinct(list(h.category_id) FILTER (h.category_id IS NOT NULL))), []) AS categories,
    coalesce(list_sort(list_distinct(list(h.item_session_id) FILTER (h.item_session_id IS NOT NULL))), []) AS sessions
  FROM line s LEFT JOIN held h ON h.line_id = s.line_id AND h.session_id = s.session_id
  GROUP BY s.line_id, s.class_id, s.session_id
)
SELECT *, dense_rank() OVER (ORDER BY moved_to, session_id, own_rules, categories, sessions)::INTEGER AS kind FROM listed;
