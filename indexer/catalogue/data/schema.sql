-- Every table of the catalogue, in one place.

-- A commit holds every page that it changes in memory, and its words and shingles lie on as many: small pages are less than half
-- of that, and of the time of the commit.
PRAGMA page_size = 1024;
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

-- Of a file that has changed there are two, until it is read to its end again: as it was then, and how far it is read now.
CREATE TABLE IF NOT EXISTS files (
  path TEXT, whole INTEGER, stamp TEXT NOT NULL, progress TEXT NOT NULL, PRIMARY KEY (path, whole)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS versions (
  id TEXT, path TEXT, is_page INTEGER NOT NULL, fetched_at TEXT NOT NULL, published TEXT NOT NULL, added TEXT NOT NULL,
  content TEXT NOT NULL, digest TEXT NOT NULL, until TEXT NOT NULL, round INTEGER NOT NULL, indexed INTEGER NOT NULL,
  PRIMARY KEY (id, path)
) WITHOUT ROWID;
-- Those that are indexed are counted at every commit, here in a third of the time: 15 ms of 100,000.
CREATE INDEX IF NOT EXISTS versions_by_path ON versions (path, indexed);
CREATE INDEX IF NOT EXISTS versions_by_until ON versions (until) WHERE until > '';
CREATE TRIGGER IF NOT EXISTS one_is_indexed BEFORE INSERT ON versions WHEN new.indexed BEGIN
  UPDATE versions SET indexed = 0 WHERE id = new.id AND indexed;
END;

-- What the engine is given with a commit, until it has it: a document, or that an id leaves.
CREATE TABLE IF NOT EXISTS pending (id TEXT PRIMARY KEY, document TEXT);

CREATE TABLE IF NOT EXISTS hidden (id TEXT, name TEXT, PRIMARY KEY (id, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS corrections (id TEXT PRIMARY KEY, correction TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS originals (id TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS words (
  form TEXT PRIMARY KEY, term TEXT NOT NULL, parts TEXT NOT NULL, plain TEXT, documents INTEGER NOT NULL,
  outside_contacts INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS words_by_term ON words (term);
CREATE INDEX IF NOT EXISTS words_by_plain ON words (plain) WHERE plain IS NOT NULL;
CREATE TABLE IF NOT EXISTS parts (term TEXT, form TEXT, PRIMARY KEY (term, form)) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS lines (line INTEGER, article INTEGER, document TEXT, PRIMARY KEY (line, article, document))
WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS lines_by_document ON lines (document);
CREATE TABLE IF NOT EXISTS repeated (line INTEGER PRIMARY KEY, articles INTEGER NOT NULL, left_out INTEGER NOT NULL);
-- Its articles are counted here: each once, at however many addresses it stands.
CREATE TRIGGER IF NOT EXISTS article_has_line BEFORE INSERT ON lines
WHEN NOT EXISTS (SELECT 1 FROM lines WHERE line = new.line AND article = new.article) BEGIN
  INSERT INTO repeated VALUES (new.line, 1, 0) ON CONFLICT (line) DO UPDATE SET articles = articles + 1;
END;
CREATE TRIGGER IF NOT EXISTS article_lacks_line AFTER DELETE ON lines
WHEN NOT EXISTS (SELECT 1 FROM lines WHERE line = old.line AND article = old.article) BEGIN
  UPDATE repeated SET articles = articles - 1 WHERE line = old.line;
END;
-- Articles of different titles that have a line before it is the host's (FINDINGS 6): 5. What became so, or ceased to be,
-- since that was last asked, and what will be with the pages that are expected. An index answers only its very condition.
CREATE INDEX IF NOT EXISTS turned ON repeated (line) WHERE left_out != (articles >= 5);
CREATE TEMP VIEW IF NOT EXISTS turned_lines AS SELECT line FROM repeated WHERE left_out != (articles >= 5);
CREATE TEMP TABLE IF NOT EXISTS expected (line INTEGER, article INTEGER, PRIMARY KEY (line, article)) WITHOUT ROWID;
CREATE TEMP VIEW IF NOT EXISTS expected_lines AS
SELECT line FROM (SELECT line, article FROM expected UNION SELECT line, article FROM lines WHERE line IN (SELECT line FROM expected))
LEFT JOIN repeated USING (line) WHERE NOT ifnull(left_out, 0) GROUP BY line HAVING count(*) >= 5;

CREATE TABLE IF NOT EXISTS fingerprints (number INTEGER PRIMARY KEY, document TEXT UNIQUE, packed BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS shingles (shingle INTEGER, fingerprint INTEGER, PRIMARY KEY (shingle, fingerprint)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pairs (one TEXT, other TEXT, PRIMARY KEY (one, other)) WITHOUT ROWID;
-- Who is one's duplicate has it as one.
CREATE TRIGGER IF NOT EXISTS paired AFTER INSERT ON pairs BEGIN
  INSERT OR IGNORE INTO pairs VALUES (new.other, new.one);
END;
CREATE TRIGGER IF NOT EXISTS parted AFTER DELETE ON pairs BEGIN
  DELETE FROM pairs WHERE one = old.other AND other = old.one;
END;
CREATE TRIGGER IF NOT EXISTS fingerprint_leaves AFTER DELETE ON fingerprints BEGIN
  DELETE FROM pairs WHERE one = old.document;
END;
-- What a person says of two documents, either way round: that they are one, or never are. It holds while the index has both.
CREATE TABLE IF NOT EXISTS stated_pairs (one TEXT, other TEXT, same INTEGER NOT NULL, PRIMARY KEY (one, other)) WITHOUT ROWID;
CREATE TEMP VIEW IF NOT EXISTS joined AS
SELECT one, other FROM stated_pairs WHERE same
AND EXISTS (SELECT 1 FROM versions WHERE id = one AND indexed) AND EXISTS (SELECT 1 FROM versions WHERE id = other AND indexed);
CREATE TEMP TABLE IF NOT EXISTS fresh (
  shingle INTEGER, fingerprint INTEGER, length INTEGER NOT NULL, PRIMARY KEY (shingle, fingerprint)
) WITHOUT ROWID;
-- How many texts have each shingle of those that are entered, and how many letters and digits each of these shares with which text
-- before it: a text that is entered has a greater number than all before it.
CREATE TEMP VIEW IF NOT EXISTS fresh_shingles AS
SELECT shingle, count(*) AS texts FROM shingles WHERE shingle IN (SELECT shingle FROM fresh) GROUP BY shingle;
CREATE TEMP VIEW IF NOT EXISTS near AS
SELECT fresh.fingerprint AS one, shingles.fingerprint AS other, sum(length) AS shared FROM fresh JOIN shingles USING (shingle)
WHERE fresh.fingerprint > shingles.fingerprint GROUP BY one, other;

-- When each document was first here, beside the ledger, since nothing in corpus/ says it and no rebuild, other path or deleted index/ may
-- change it. One instant stands for all that a commit first lets be answered with, and is later than those of all commits before it,
-- however the clock is set: who knows the latest that he has met misses nothing after it. Until a run over corpus/ has ended, what its
-- files say of an earlier time counts. `forgotten` is how many fingerprints the ledger had when that was last looked at.
PRAGMA corpus.secure_delete = ON;
CREATE TABLE IF NOT EXISTS corpus.first_seen (id TEXT PRIMARY KEY, instant TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS corpus.ended (one INTEGER PRIMARY KEY, forgotten INTEGER NOT NULL);
CREATE TEMP TABLE IF NOT EXISTS newly_seen (id TEXT PRIMARY KEY, instant TEXT NOT NULL) WITHOUT ROWID;
CREATE TEMP VIEW IF NOT EXISTS seen AS SELECT id, instant FROM newly_seen UNION ALL SELECT id, instant FROM corpus.first_seen;
CREATE TEMP VIEW IF NOT EXISTS next_moment AS
SELECT max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), ifnull(strftime('%Y-%m-%dT%H:%M:%fZ', max(instant), '+0.001 seconds'), '')) AS instant
FROM corpus.first_seen;
CREATE TEMP TABLE IF NOT EXISTS moment AS SELECT instant FROM next_moment;
CREATE TEMP TRIGGER IF NOT EXISTS version_is_seen AFTER INSERT ON versions
WHEN new.indexed OR NOT EXISTS (SELECT 1 FROM corpus.ended) BEGIN
  INSERT INTO newly_seen SELECT new.id, earliest FROM (
    SELECT min(instant, iif(EXISTS (SELECT 1 FROM corpus.ended), instant, ifnull(
      strftime('%Y-%m-%dT%H:%M:%fZ', iif(new.fetched_at != '', new.fetched_at, new.added)), instant))) AS earliest FROM moment
  ) WHERE earliest < ifnull((SELECT min(instant) FROM seen WHERE id = new.id), earliest || '~')
  ON CONFLICT (id) DO UPDATE SET instant = excluded.instant;
END;
