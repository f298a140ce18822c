CREATE TABLE IF NOT EXISTS pages (
  url TEXT PRIMARY KEY, etag TEXT NOT NULL, modified TEXT NOT NULL, digest TEXT NOT NULL, links TEXT NOT NULL,
  stored INTEGER NOT NULL, rights TEXT NOT NULL, day TEXT NOT NULL
) WITHOUT ROWID;
-- Links were texts once; such a page is fetched again.
UPDATE pages SET etag = '', modified = '', digest = '', links = '[]' WHERE links LIKE '["%';
