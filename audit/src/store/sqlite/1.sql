-- The audit log in SQLite, version 1.
--
-- `entries` is the evidence: the canonical bytes and their leaf hash. Everything else is made from the bytes,
-- for asking quickly, and is checked against them by `verify`.

CREATE TABLE entries (
    seq      INTEGER PRIMARY KEY CHECK (seq >= 0),  -- the index of the leaf
    body     BLOB NOT NULL,                         -- canonical JSON (RFC 8785)
    leaf     BLOB NOT NULL CHECK (length(leaf) = 32), -- SHA-256(0x00 || body) (RFC 6962)
    at       INTEGER NOT NULL,                      -- nanoseconds since 1970
    action   TEXT NOT NULL,
    rotation TEXT,
    outcome  TEXT,
    target   TEXT
) STRICT;

CREATE INDEX entries_by_action ON entries (action);
CREATE INDEX entries_by_rotation ON entries (rotation) WHERE rotation IS NOT NULL;
CREATE INDEX entries_by_outcome ON entries (outcome) WHERE outcome IS NOT NULL;
CREATE INDEX entries_by_target ON entries (target) WHERE target IS NOT NULL;

-- Which subjects an entry names.
CREATE TABLE subjects (
    seq     INTEGER NOT NULL,
    subject TEXT NOT NULL,
    PRIMARY KEY (seq, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX subjects_by_name ON subjects (subject, seq);

-- One row: how many entries are sealed, their Merkle tree hash, and the roots of its perfect subtrees.
CREATE TABLE head (
    id       INTEGER PRIMARY KEY CHECK (id = 0),
    size     INTEGER NOT NULL CHECK (size >= 0),
    root     BLOB NOT NULL CHECK (length(root) = 32),
    frontier BLOB NOT NULL CHECK (length(frontier) % 32 = 0)
) STRICT;

-- The empty tree: SHA-256 of nothing.
INSERT INTO head (id, size, root, frontier)
VALUES (0, 0, x'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', x'');

CREATE TRIGGER entries_are_never_changed BEFORE UPDATE ON entries
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only: an entry is never changed');
END;

CREATE TRIGGER entries_are_never_removed BEFORE DELETE ON entries
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only: an entry is never removed');
END;

-- Also refuses INSERT OR REPLACE and upserts, whose row exists already, and the number of an entry that was cut off.
CREATE TRIGGER entries_are_numbered_in_order BEFORE INSERT ON entries
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq) + 1, 0) FROM entries)
    OR NEW.seq < (SELECT size FROM head WHERE id = 0)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only: an entry takes the next number and no other');
END;

CREATE TRIGGER subjects_are_never_changed BEFORE UPDATE ON subjects
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only: the subjects of an entry are never changed');
END;

CREATE TRIGGER subjects_are_never_removed BEFORE DELETE ON subjects
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only: the subjects of an entry are never removed');
END;

CREATE TRIGGER subjects_come_with_their_entry BEFORE INSERT ON subjects
WHEN NEW.seq < (SELECT size FROM head WHERE id = 0)
    OR NOT EXISTS (SELECT 1 FROM entries WHERE seq = NEW.seq)
    OR EXISTS (SELECT 1 FROM subjects WHERE seq = NEW.seq AND subject = NEW.subject)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only: subjects are written together with their entry');
END;

CREATE TRIGGER head_only_grows BEFORE UPDATE ON head
WHEN NEW.id IS NOT OLD.id
    OR NEW.size <= OLD.size
    OR NEW.size IS NOT (SELECT max(seq) + 1 FROM entries)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only: its head only grows, together with the entries');
END;

CREATE TRIGGER head_is_never_removed BEFORE DELETE ON head
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only: its head is never removed');
END;

CREATE TRIGGER head_is_one BEFORE INSERT ON head
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only: it has one head');
END;

-- "TLal" and the version of this schema: what a file must have before anything else is read from it.
PRAGMA application_id = 0x544c616c;
PRAGMA user_version = 1;
