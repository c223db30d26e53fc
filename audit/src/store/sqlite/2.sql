-- From version 1 to version 2: more columns to ask by, subjects with their versions, the right to act, and where a log was
-- moved to. Bodies, numbers, leaves and root stay as they are: everything else is made anew from the bodies, by the caller,
-- between this file and `2-after.sql`.

DROP TRIGGER entries_are_never_changed;
DROP TRIGGER entries_are_never_removed;
DROP TRIGGER entries_are_numbered_in_order;
DROP TRIGGER subjects_are_never_changed;
DROP TRIGGER subjects_are_never_removed;
DROP TRIGGER subjects_come_with_their_entry;
DROP TRIGGER head_only_grows;
DROP TRIGGER head_is_never_removed;
DROP TRIGGER head_is_one;
DROP INDEX entries_by_action;
DROP INDEX entries_by_rotation;
DROP INDEX entries_by_outcome;
DROP INDEX entries_by_target;
DROP INDEX subjects_by_name;
ALTER TABLE entries RENAME TO entries_1;
ALTER TABLE head RENAME TO head_1;
DROP TABLE subjects;

CREATE TABLE entries (
    seq       INTEGER PRIMARY KEY CHECK (seq >= 0),  -- the index of the leaf
    body      BLOB NOT NULL,                         -- canonical JSON (RFC 8785)
    leaf      BLOB NOT NULL CHECK (length(leaf) = 32), -- SHA-256(0x00 || body) (RFC 6962)
    at        INTEGER NOT NULL,                      -- microseconds since 1970
    action    TEXT NOT NULL,
    outcome   TEXT,
    actor     TEXT NOT NULL,
    requester TEXT,
    "trigger" TEXT,
    rotation  TEXT,
    target    TEXT,
    trace     TEXT
) STRICT;

-- Which subjects an entry names, with each version before or after (-1: none).
CREATE TABLE subjects (
    seq     INTEGER NOT NULL,
    subject TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (seq, subject, version)
) STRICT, WITHOUT ROWID;

-- One row: how many entries are sealed, their Merkle tree hash, the roots of its perfect subtrees, the right to act that
-- was taken last, and where the log goes on, if it was moved.
CREATE TABLE head (
    id       INTEGER PRIMARY KEY CHECK (id = 0),
    size     INTEGER NOT NULL CHECK (size >= 0),
    root     BLOB NOT NULL CHECK (length(root) = 32),
    frontier BLOB NOT NULL CHECK (length(frontier) % 32 = 0),
    epoch    INTEGER NOT NULL CHECK (epoch >= 0),
    moved_to TEXT
) STRICT;
