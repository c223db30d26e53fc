INSERT INTO head (id, size, root, frontier, epoch) SELECT id, size, root, frontier, 0 FROM head_1;
DROP TABLE entries_1;
DROP TABLE head_1;

CREATE INDEX entries_by_at ON entries (at);
CREATE INDEX entries_by_action ON entries (action);
CREATE INDEX entries_by_outcome ON entries (outcome) WHERE outcome IS NOT NULL;
CREATE INDEX entries_by_actor ON entries (actor);
CREATE INDEX entries_by_requester ON entries (requester) WHERE requester IS NOT NULL;
CREATE INDEX entries_by_trigger ON entries ("trigger") WHERE "trigger" IS NOT NULL;
CREATE INDEX entries_by_rotation ON entries (rotation) WHERE rotation IS NOT NULL;
CREATE INDEX entries_by_target ON entries (target) WHERE target IS NOT NULL;
CREATE INDEX entries_by_trace ON entries (trace) WHERE trace IS NOT NULL;
CREATE INDEX subjects_by_name ON subjects (subject, seq);
CREATE INDEX subjects_by_name_and_version ON subjects (subject, version, seq);
CREATE INDEX subjects_by_version ON subjects (version, seq);

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
    OR EXISTS (SELECT 1 FROM subjects WHERE seq = NEW.seq AND subject = NEW.subject AND version = NEW.version)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only: subjects are written together with their entry');
END;

-- A moved log goes on elsewhere: two that both grow could not be told from one that was doctored.
CREATE TRIGGER head_only_grows BEFORE UPDATE ON head
WHEN NEW.id IS NOT OLD.id
    OR NEW.size <= OLD.size
    OR NEW.epoch < OLD.epoch
    OR NEW.size IS NOT (SELECT max(seq) + 1 FROM entries)
    OR OLD.moved_to IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only: its head only grows, together with the entries, and no more once it was moved');
END;

CREATE TRIGGER head_is_never_removed BEFORE DELETE ON head
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only: its head is never removed');
END;

CREATE TRIGGER head_is_one BEFORE INSERT ON head
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only: it has one head');
END;

PRAGMA user_version = 2;
