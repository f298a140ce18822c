-- Else a large transaction locks out who makes a backup until it ends.
PRAGMA cache_spill = OFF;
-- An address as it was last seen (memory.Seen without links, JSON), its links, and what addresses are looked for by.
CREATE TABLE IF NOT EXISTS addresses (
  key TEXT PRIMARY KEY, stored INTEGER NOT NULL, asked TEXT NOT NULL, due TEXT NOT NULL, seen TEXT NOT NULL, links TEXT NOT NULL
) WITHOUT ROWID;
-- Those whose pages are known: a kill may have come between an archive and what is remembered of it.
CREATE TABLE IF NOT EXISTS archives (name TEXT PRIMARY KEY) WITHOUT ROWID;
-- Earlier versions had this table, without whole addresses, which the archives tell. Links were texts once; such a page is fetched again.
BEGIN;
CREATE TABLE IF NOT EXISTS pages (
  url TEXT PRIMARY KEY, etag TEXT NOT NULL, modified TEXT NOT NULL, digest TEXT NOT NULL, links TEXT NOT NULL,
  stored INTEGER NOT NULL, rights TEXT NOT NULL, day TEXT NOT NULL
) WITHOUT ROWID;
UPDATE pages SET etag = '', modified = '', digest = '', links = '[]' WHERE links LIKE '["%';
INSERT OR IGNORE INTO addresses SELECT url, stored, day, day, json_object(
  'url', '', 'etag', etag, 'modified', modified, 'digest', digest, 'rules', json(rights),
  'stored', json(iif(stored, 'true', 'false')), 'first', day, 'changed', day, 'asked', day
), links FROM pages;
DROP TABLE pages;
COMMIT;
