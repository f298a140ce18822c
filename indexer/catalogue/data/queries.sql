-- What is asked of the catalogue in more than a line: each below its name. A list of any length is one value, as JSON: SQLite keeps each
-- different statement, with the values it was last asked with.

-- entries_of
SELECT form, term, parts FROM words WHERE form IN (SELECT value FROM json_each(?));

-- documents_of_form
SELECT form, sum(documents) FROM words WHERE form IN (SELECT value FROM json_each(?)) GROUP BY form;

-- documents_of_term
SELECT term, sum(documents) FROM words WHERE term IN (SELECT value FROM json_each(?)) GROUP BY term;

-- terms_beginning
SELECT term FROM words
WHERE documents > 0 AND (
  form >= ?1 AND form < ?2 AND form NOT GLOB ?3
  OR plain >= ?1 AND plain < ?2 AND form GLOB '*[A-ZÅÄÖ]*'
)
GROUP BY term ORDER BY sum(documents) DESC, term LIMIT ?4;

-- terms_with_form
SELECT term FROM words WHERE documents > 0 AND form IN (SELECT value FROM json_each(?))
GROUP BY term ORDER BY sum(documents) DESC, term LIMIT ?;

-- forms_beginning
SELECT form FROM (
  SELECT form, outside_contacts FROM words
  WHERE outside_contacts > 0 AND form >= ?1 AND form < ?2 AND length(form) <= ?3
  UNION
  SELECT form, outside_contacts FROM words
  WHERE outside_contacts > 0 AND plain >= ?1 AND plain < ?2 AND length(form) <= ?3
)
ORDER BY outside_contacts DESC, form LIMIT ?4;

-- forms_of
SELECT form FROM words WHERE term = ? AND outside_contacts > 0 ORDER BY outside_contacts DESC, form;

-- One row for all of them: no form holds a blank.
-- forms_with
SELECT group_concat(form, ' ') FROM words WHERE term IN (SELECT value FROM json_each(?))
UNION ALL
SELECT group_concat(form, ' ') FROM parts WHERE term IN (SELECT value FROM json_each(?));

-- one_edit_away
SELECT form, outside_contacts FROM words
WHERE outside_contacts > 0
AND (form IN (SELECT value FROM json_each(?1)) OR plain IN (SELECT value FROM json_each(?1)));

-- as_long
SELECT form, outside_contacts FROM words
WHERE form >= ? AND form < ? AND outside_contacts > 0 AND length(form) BETWEEN ? AND ?;

-- near_terms
SELECT term, form, outside_contacts FROM words
WHERE outside_contacts > 0 AND term IN (SELECT value FROM json_each(?));

-- members_of
WITH RECURSIVE release (id) AS (
  SELECT ? UNION SELECT other FROM release JOIN pairs ON one = id UNION SELECT other FROM release JOIN joined ON one = id
)
SELECT id FROM release ORDER BY id;

-- partners_of
SELECT other FROM stated_pairs WHERE one IN (SELECT value FROM json_each(?1))
UNION SELECT other FROM pairs WHERE one IN (SELECT value FROM json_each(?1));

-- held_apart
SELECT one, other FROM stated_pairs
WHERE NOT same AND one < other AND one IN (SELECT value FROM json_each(?1)) AND other IN (SELECT value FROM json_each(?1));

-- links_among
SELECT one, other FROM (SELECT one, other, 1 AS stated FROM joined UNION ALL SELECT one, other, 0 FROM pairs)
WHERE one < other AND one IN (SELECT value FROM json_each(?)) ORDER BY stated DESC, one, other;

-- known_fingerprints
SELECT number, packed FROM fingerprints WHERE document IN (SELECT value FROM json_each(?));

-- drop_fingerprints
DELETE FROM fingerprints WHERE document IN (SELECT value FROM json_each(?));

-- enter_fresh
INSERT INTO fresh
SELECT CAST(own.key AS INTEGER), ? + text.key, own.value FROM json_each(?) AS text, json_each(text.value) AS own ORDER BY 1, 2;

-- What 200 texts have says nothing of any of them: it is a form's, not one text's.
-- drop_common
DELETE FROM fresh WHERE shingle IN (SELECT shingle FROM fresh_shingles WHERE texts >= 200);

-- near
SELECT one, other, packed FROM near JOIN fingerprints ON number = other WHERE shared >= ?;

-- left_out
SELECT line FROM repeated WHERE left_out AND line IN (SELECT value FROM json_each(?));

-- turn
INSERT INTO repeated SELECT value, 0, 1 FROM json_each(?) WHERE true
ON CONFLICT (line) DO UPDATE SET left_out = NOT left_out;

-- documents_with_lines
SELECT DISTINCT document FROM lines WHERE line IN (SELECT value FROM json_each(?)) ORDER BY document;

-- add_documents
UPDATE words SET documents = documents + ?, outside_contacts = outside_contacts + ? WHERE form = ?;

-- Of very many files few have any.
-- refusals
SELECT value FROM files, json_each(progress, '$.refusals')
WHERE whole AND json_array_length(progress, '$.refusals') ORDER BY files.path, key;

-- not_given_since
SELECT id, indexed OR until > '' FROM versions WHERE path = ? AND round < ?;
