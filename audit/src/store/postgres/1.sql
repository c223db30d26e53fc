-- The audit log in PostgreSQL, version 1. Run as the role that owns it, which can't log in.
--
-- `entries` is the evidence: the canonical bytes and their leaf hash. The columns beside them are made from the bytes by
-- `append`, for asking quickly, and are checked against them by `verify`. `recorded_at` and `recorded_by` are the server's
-- own testimony.

-- One row, updated in place: how many entries are sealed, their Merkle tree hash, the roots of its perfect subtrees, the
-- right to act that was taken last, and when the newest entry was recorded.
CREATE TABLE turnlock.head (
    id              smallint    PRIMARY KEY CHECK (id = 0),
    version         integer     NOT NULL, -- of this schema
    size            bigint      NOT NULL CHECK (size >= 0),
    root            bytea       NOT NULL CHECK (octet_length(root) = 32),
    frontier        bytea[]     NOT NULL,
    epoch           bigint      NOT NULL CHECK (epoch >= 0),
    recorded_at     timestamptz NOT NULL,
    partitions_end  timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE turnlock.entries (
    seq         bigint      NOT NULL CHECK (seq >= 0), -- the index of the leaf
    body        bytea       NOT NULL,                  -- canonical JSON (RFC 8785)
    leaf        bytea       NOT NULL CHECK (octet_length(leaf) = 32), -- SHA-256(0x00 || body) (RFC 6962)
    at          bigint      NOT NULL,                  -- microseconds since 1970, as the entry says
    action      text        NOT NULL,
    outcome     text COLLATE "C",
    actor       text        NOT NULL,
    requester   text COLLATE "C",
    trigger     text COLLATE "C",
    rotation    text COLLATE "C",
    target      text COLLATE "C",
    trace       text COLLATE "C",
    recorded_at timestamptz NOT NULL,
    recorded_by text        NOT NULL,
    PRIMARY KEY (seq, recorded_at)
) PARTITION BY RANGE (recorded_at);

CREATE INDEX entries_by_at ON turnlock.entries (at, seq);
CREATE INDEX entries_by_action ON turnlock.entries (action, seq);
CREATE INDEX entries_by_outcome ON turnlock.entries (outcome, seq) WHERE outcome IS NOT NULL;
CREATE INDEX entries_by_actor ON turnlock.entries (actor, seq);
CREATE INDEX entries_by_requester ON turnlock.entries (requester, seq) WHERE requester IS NOT NULL;
CREATE INDEX entries_by_trigger ON turnlock.entries (trigger, seq) WHERE trigger IS NOT NULL;
CREATE INDEX entries_by_rotation ON turnlock.entries (rotation, seq) WHERE rotation IS NOT NULL;
CREATE INDEX entries_by_target ON turnlock.entries (target, seq) WHERE target IS NOT NULL;
CREATE INDEX entries_by_trace ON turnlock.entries (trace, seq) WHERE trace IS NOT NULL;

-- Which subjects an entry names, with each version before or after (-1: none).
CREATE TABLE turnlock.subjects (
    seq         bigint      NOT NULL,
    subject     text COLLATE "C" NOT NULL,
    version     bigint      NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (seq, subject, version, recorded_at)
) PARTITION BY RANGE (recorded_at);

CREATE INDEX subjects_by_name ON turnlock.subjects (subject, seq);
CREATE INDEX subjects_by_name_and_version ON turnlock.subjects (subject, version, seq);
CREATE INDEX subjects_by_version ON turnlock.subjects (version, seq);

-- --- nothing that was written is changed or removed, by nobody: not by the owner, not in `replica` mode

CREATE FUNCTION turnlock.refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'TL001';
END $$;

CREATE FUNCTION turnlock.refuse_head() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.id = OLD.id AND NEW.size >= OLD.size AND NEW.epoch >= OLD.epoch AND NEW.recorded_at >= OLD.recorded_at
       AND NEW.version >= OLD.version AND (NEW.size > OLD.size OR (NEW.root, NEW.frontier, NEW.epoch) = (OLD.root, OLD.frontier, OLD.epoch)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the audit log is append-only: its head only grows, together with the entries' USING ERRCODE = 'TL001';
END $$;

CREATE TRIGGER head_only_grows BEFORE UPDATE ON turnlock.head FOR EACH ROW EXECUTE FUNCTION turnlock.refuse_head();
CREATE TRIGGER head_is_never_removed BEFORE DELETE ON turnlock.head FOR EACH ROW EXECUTE FUNCTION turnlock.refuse();
CREATE TRIGGER head_is_never_emptied BEFORE TRUNCATE ON turnlock.head FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();
ALTER TABLE turnlock.head ENABLE ALWAYS TRIGGER head_only_grows;
ALTER TABLE turnlock.head ENABLE ALWAYS TRIGGER head_is_never_removed;
ALTER TABLE turnlock.head ENABLE ALWAYS TRIGGER head_is_never_emptied;

-- The three triggers of a table of entries or subjects: of the parents, and of each partition, which does not get the
-- statement's from its parent.
CREATE FUNCTION turnlock.protect(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER never_emptied BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse()', relation);
    EXECUTE format('CREATE OR REPLACE TRIGGER never_changed BEFORE UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION turnlock.refuse()', relation);
    EXECUTE format('ALTER TABLE ONLY %s ENABLE ALWAYS TRIGGER never_emptied', relation);
    EXECUTE format('ALTER TABLE ONLY %s ENABLE ALWAYS TRIGGER never_changed', relation);
END $$;

-- Monthly partitions up to a moment. Made beside their parent and attached: that takes no lock that a reader would hold up.
CREATE FUNCTION turnlock.make_partitions(until timestamptz) RETURNS timestamptz
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    from_month timestamp := (SELECT partitions_end FROM turnlock.head WHERE id = 0) AT TIME ZONE 'UTC';
    parent text;
    part text;
BEGIN
    WHILE from_month AT TIME ZONE 'UTC' <= until LOOP
        FOREACH parent IN ARRAY ARRAY['entries', 'subjects'] LOOP
            part := format('turnlock.%I', parent || to_char(from_month, '_YYYY_MM'));
            EXECUTE format('CREATE TABLE %s (LIKE turnlock.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part, parent);
            EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', part);
            EXECUTE format('ALTER TABLE turnlock.%I ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)', parent, part,
                to_char(from_month, 'YYYY-MM-DD 00:00:00+00'), to_char(from_month + interval '1 month', 'YYYY-MM-DD 00:00:00+00'));
            EXECUTE format('ALTER TABLE ONLY %s ENABLE ALWAYS TRIGGER never_changed', part);
            EXECUTE format('CREATE TRIGGER never_emptied BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse()', part);
            EXECUTE format('ALTER TABLE ONLY %s ENABLE ALWAYS TRIGGER never_emptied', part);
        END LOOP;
        from_month := from_month + interval '1 month';
    END LOOP;
    RETURN from_month AT TIME ZONE 'UTC';
END $$;

-- --- appending

-- Takes a batch, all or none, and says the number of its first entry. The only way to write, by whoever may execute it.
-- Errors that a caller has to tell apart: TL002 a hash or a body is wrong; TL003 somebody else has the right to act.
CREATE FUNCTION turnlock.append(bodies bytea[], leaves bytea[]) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head    turnlock.head;
    docs    jsonb[];
    moment  timestamptz;
    first   bigint;
    nodes   bytea[];
    node    bytea;
    bits    bigint;
    epoch   bigint;
BEGIN
    -- Under another level the head below could be an old one.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'append runs under READ COMMITTED only' USING ERRCODE = 'TL002';
    END IF;
    IF cardinality(bodies) NOT BETWEEN 1 AND 10000 OR cardinality(leaves) <> cardinality(bodies)
       OR array_ndims(bodies) <> 1 OR array_lower(bodies, 1) <> 1 OR array_lower(leaves, 1) <> 1 THEN
        RAISE EXCEPTION 'a batch is 1 to 10000 bodies and as many leaves' USING ERRCODE = 'TL002';
    END IF;
    -- The lock, in a statement of its own: what is read after it is what the last holder left. A row's lock and no advisory
    -- one, which anybody who may connect could hold for ever.
    PERFORM 1 FROM turnlock.head h WHERE h.id = 0 FOR UPDATE;
    SELECT * INTO STRICT head FROM turnlock.head h WHERE h.id = 0;

    docs := ARRAY(SELECT convert_from(b, 'UTF8')::jsonb FROM unnest(bodies) WITH ORDINALITY AS t (b, i) ORDER BY i);
    first := head.size;
    nodes := head.frontier;
    FOR i IN 1 .. cardinality(bodies) LOOP
        node := sha256('\x00'::bytea || bodies[i]);
        IF node IS DISTINCT FROM leaves[i] OR octet_length(bodies[i]) >= 65536 OR jsonb_typeof(docs[i]) <> 'object' THEN
            RAISE EXCEPTION 'entry % of the batch is not what its hash says, or too long', i USING ERRCODE = 'TL002';
        END IF;
        -- An entry of a run under an older right than the log has seen comes from somebody who was overtaken.
        epoch := coalesce((docs[i] ->> 'epoch')::bigint, 0);
        IF docs[i] ->> 'action' = 'lease' AND epoch = head.epoch + 1 THEN
            head.epoch := epoch;
        ELSIF docs[i] ->> 'action' = 'lease' OR epoch > head.epoch OR (docs[i] ? 'rotation' AND epoch < head.epoch) THEN
            RAISE EXCEPTION 'epoch % is not the log''s', epoch USING ERRCODE = 'TL003', DETAIL = head.epoch::text;
        END IF;
        -- Each set bit at the low end is a subtree as large as the one in hand: the two become one (RFC 6962, 2.1).
        bits := head.size;
        WHILE bits & 1 = 1 LOOP
            node := sha256('\x01'::bytea || nodes[cardinality(nodes)] || node);
            nodes := nodes[1 : cardinality(nodes) - 1];
            bits := bits >> 1;
        END LOOP;
        nodes := nodes || node;
        head.size := head.size + 1;
    END LOOP;
    node := nodes[cardinality(nodes)];
    FOR i IN REVERSE cardinality(nodes) - 1 .. 1 LOOP
        node := sha256('\x01'::bytea || nodes[i] || node);
    END LOOP;

    -- Never back, also when the server's clock goes back: so months follow each other as numbers do.
    moment := greatest(clock_timestamp(), head.recorded_at);
    IF moment > head.partitions_end - interval '2 months' THEN
        head.partitions_end := turnlock.make_partitions(moment + interval '6 months');
    END IF;
    INSERT INTO turnlock.entries (seq, body, leaf, at, action, outcome, actor, requester, trigger, rotation, target, trace, recorded_at, recorded_by)
    SELECT first + i - 1, bodies[i], leaves[i], 
        (extract(epoch FROM (left(rtrim(d ->> 'at', 'Z'), 26) || 'Z')::timestamptz) * 1000000)::bigint, d ->> 'action', d ->> 'outcome',
        d ->> 'actor', d ->> 'requester', d ->> 'trigger', d ->> 'rotation', d ->> 'target', d ->> 'trace_id', moment, session_user
    FROM unnest(docs) WITH ORDINALITY AS t (d, i);
    INSERT INTO turnlock.subjects (seq, subject, version, recorded_at)
    SELECT DISTINCT first + i - 1, s.key, coalesce(v.version::bigint, -1), moment
    FROM unnest(docs) WITH ORDINALITY AS t (d, i)
    CROSS JOIN LATERAL jsonb_each(d -> 'subjects') AS s
    CROSS JOIN LATERAL (VALUES (s.value ->> 'from'), (s.value ->> 'to')) AS v (version)
    WHERE v.version IS NOT NULL OR NOT (s.value ?| ARRAY['from', 'to']);
    UPDATE turnlock.head h SET size = head.size, root = node, frontier = nodes, epoch = head.epoch,
        recorded_at = moment, partitions_end = head.partitions_end WHERE h.id = 0;
    RETURN first;
END $$;

-- --- from the beginning

INSERT INTO turnlock.head (id, version, size, root, frontier, epoch, recorded_at, partitions_end)
VALUES (0, 1, 0, sha256(''), '{}', 0, clock_timestamp(), date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC');
SELECT turnlock.protect('turnlock.entries');
SELECT turnlock.protect('turnlock.subjects');
UPDATE turnlock.head SET partitions_end = turnlock.make_partitions(clock_timestamp() + interval '12 months');
