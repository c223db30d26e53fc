--
-- PostgreSQL database dump
--



SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: turnlock; Type: SCHEMA; Schema: -; Owner: golden_audit_owner
--

CREATE SCHEMA turnlock;


ALTER SCHEMA turnlock OWNER TO golden_audit_owner;

--
-- Name: SCHEMA turnlock; Type: COMMENT; Schema: -; Owner: golden_audit_owner
--

COMMENT ON SCHEMA turnlock IS 'Turnlock''s audit log, schema version 1';


--
-- Name: append(bytea[], bytea[]); Type: FUNCTION; Schema: turnlock; Owner: golden_audit_owner
--

CREATE FUNCTION turnlock.append(bodies bytea[], leaves bytea[]) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


ALTER FUNCTION turnlock.append(bodies bytea[], leaves bytea[]) OWNER TO golden_audit_owner;

--
-- Name: make_partitions(timestamp with time zone); Type: FUNCTION; Schema: turnlock; Owner: golden_audit_owner
--

CREATE FUNCTION turnlock.make_partitions(until timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


ALTER FUNCTION turnlock.make_partitions(until timestamp with time zone) OWNER TO golden_audit_owner;

--
-- Name: protect(regclass); Type: FUNCTION; Schema: turnlock; Owner: golden_audit_owner
--

CREATE FUNCTION turnlock.protect(relation regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER never_emptied BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse()', relation);
    EXECUTE format('CREATE OR REPLACE TRIGGER never_changed BEFORE UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION turnlock.refuse()', relation);
    EXECUTE format('ALTER TABLE ONLY %s ENABLE ALWAYS TRIGGER never_emptied', relation);
    EXECUTE format('ALTER TABLE ONLY %s ENABLE ALWAYS TRIGGER never_changed', relation);
END $$;


ALTER FUNCTION turnlock.protect(relation regclass) OWNER TO golden_audit_owner;

--
-- Name: refuse(); Type: FUNCTION; Schema: turnlock; Owner: golden_audit_owner
--

CREATE FUNCTION turnlock.refuse() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'TL001';
END $$;


ALTER FUNCTION turnlock.refuse() OWNER TO golden_audit_owner;

--
-- Name: refuse_head(); Type: FUNCTION; Schema: turnlock; Owner: golden_audit_owner
--

CREATE FUNCTION turnlock.refuse_head() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF NEW.id = OLD.id AND NEW.size >= OLD.size AND NEW.epoch >= OLD.epoch AND NEW.recorded_at >= OLD.recorded_at
       AND NEW.version >= OLD.version AND (NEW.size > OLD.size OR (NEW.root, NEW.frontier, NEW.epoch) = (OLD.root, OLD.frontier, OLD.epoch)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the audit log is append-only: its head only grows, together with the entries' USING ERRCODE = 'TL001';
END $$;


ALTER FUNCTION turnlock.refuse_head() OWNER TO golden_audit_owner;

SET default_tablespace = '';

--
-- Name: entries; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.entries (
    seq bigint NOT NULL,
    body bytea NOT NULL,
    leaf bytea NOT NULL,
    at bigint NOT NULL,
    action text NOT NULL,
    outcome text COLLATE pg_catalog."C",
    actor text NOT NULL,
    requester text COLLATE pg_catalog."C",
    trigger text COLLATE pg_catalog."C",
    rotation text COLLATE pg_catalog."C",
    target text COLLATE pg_catalog."C",
    trace text COLLATE pg_catalog."C",
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    CONSTRAINT entries_leaf_check CHECK ((octet_length(leaf) = 32)),
    CONSTRAINT entries_seq_check CHECK ((seq >= 0))
)
PARTITION BY RANGE (recorded_at);


ALTER TABLE turnlock.entries OWNER TO golden_audit_owner;

SET default_table_access_method = heap;

--
-- Name: entries_2026_11; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.entries_2026_11 (
    seq bigint NOT NULL,
    body bytea NOT NULL,
    leaf bytea NOT NULL,
    at bigint NOT NULL,
    action text NOT NULL,
    outcome text COLLATE pg_catalog."C",
    actor text NOT NULL,
    requester text COLLATE pg_catalog."C",
    trigger text COLLATE pg_catalog."C",
    rotation text COLLATE pg_catalog."C",
    target text COLLATE pg_catalog."C",
    trace text COLLATE pg_catalog."C",
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    CONSTRAINT entries_leaf_check CHECK ((octet_length(leaf) = 32)),
    CONSTRAINT entries_seq_check CHECK ((seq >= 0))
);


ALTER TABLE turnlock.entries_2026_11 OWNER TO golden_audit_owner;

--
-- Name: entries_2026_12; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.entries_2026_12 (
    seq bigint NOT NULL,
    body bytea NOT NULL,
    leaf bytea NOT NULL,
    at bigint NOT NULL,
    action text NOT NULL,
    outcome text COLLATE pg_catalog."C",
    actor text NOT NULL,
    requester text COLLATE pg_catalog."C",
    trigger text COLLATE pg_catalog."C",
    rotation text COLLATE pg_catalog."C",
    target text COLLATE pg_catalog."C",
    trace text COLLATE pg_catalog."C",
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    CONSTRAINT entries_leaf_check CHECK ((octet_length(leaf) = 32)),
    CONSTRAINT entries_seq_check CHECK ((seq >= 0))
);


ALTER TABLE turnlock.entries_2026_12 OWNER TO golden_audit_owner;

--
-- Name: entries_2027_01; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.entries_2027_01 (
    seq bigint NOT NULL,
    body bytea NOT NULL,
    leaf bytea NOT NULL,
    at bigint NOT NULL,
    action text NOT NULL,
    outcome text COLLATE pg_catalog."C",
    actor text NOT NULL,
    requester text COLLATE pg_catalog."C",
    trigger text COLLATE pg_catalog."C",
    rotation text COLLATE pg_catalog."C",
    target text COLLATE pg_catalog."C",
    trace text COLLATE pg_catalog."C",
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    CONSTRAINT entries_leaf_check CHECK ((octet_length(leaf) = 32)),
    CONSTRAINT entries_seq_check CHECK ((seq >= 0))
);


ALTER TABLE turnlock.entries_2027_01 OWNER TO golden_audit_owner;

--
-- Name: entries_2027_02; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.entries_2027_02 (
    seq bigint NOT NULL,
    body bytea NOT NULL,
    leaf bytea NOT NULL,
    at bigint NOT NULL,
    action text NOT NULL,
    outcome text COLLATE pg_catalog."C",
    actor text NOT NULL,
    requester text COLLATE pg_catalog."C",
    trigger text COLLATE pg_catalog."C",
    rotation text COLLATE pg_catalog."C",
    target text COLLATE pg_catalog."C",
    trace text COLLATE pg_catalog."C",
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    CONSTRAINT entries_leaf_check CHECK ((octet_length(leaf) = 32)),
    CONSTRAINT entries_seq_check CHECK ((seq >= 0))
);


ALTER TABLE turnlock.entries_2027_02 OWNER TO golden_audit_owner;

--
-- Name: entries_2027_03; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.entries_2027_03 (
    seq bigint NOT NULL,
    body bytea NOT NULL,
    leaf bytea NOT NULL,
    at bigint NOT NULL,
    action text NOT NULL,
    outcome text COLLATE pg_catalog."C",
    actor text NOT NULL,
    requester text COLLATE pg_catalog."C",
    trigger text COLLATE pg_catalog."C",
    rotation text COLLATE pg_catalog."C",
    target text COLLATE pg_catalog."C",
    trace text COLLATE pg_catalog."C",
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    CONSTRAINT entries_leaf_check CHECK ((octet_length(leaf) = 32)),
    CONSTRAINT entries_seq_check CHECK ((seq >= 0))
);


ALTER TABLE turnlock.entries_2027_03 OWNER TO golden_audit_owner;

--
-- Name: entries_2027_04; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.entries_2027_04 (
    seq bigint NOT NULL,
    body bytea NOT NULL,
    leaf bytea NOT NULL,
    at bigint NOT NULL,
    action text NOT NULL,
    outcome text COLLATE pg_catalog."C",
    actor text NOT NULL,
    requester text COLLATE pg_catalog."C",
    trigger text COLLATE pg_catalog."C",
    rotation text COLLATE pg_catalog."C",
    target text COLLATE pg_catalog."C",
    trace text COLLATE pg_catalog."C",
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    CONSTRAINT entries_leaf_check CHECK ((octet_length(leaf) = 32)),
    CONSTRAINT entries_seq_check CHECK ((seq >= 0))
);


ALTER TABLE turnlock.entries_2027_04 OWNER TO golden_audit_owner;

--
-- Name: entries_2027_05; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.entries_2027_05 (
    seq bigint NOT NULL,
    body bytea NOT NULL,
    leaf bytea NOT NULL,
    at bigint NOT NULL,
    action text NOT NULL,
    outcome text COLLATE pg_catalog."C",
    actor text NOT NULL,
    requester text COLLATE pg_catalog."C",
    trigger text COLLATE pg_catalog."C",
    rotation text COLLATE pg_catalog."C",
    target text COLLATE pg_catalog."C",
    trace text COLLATE pg_catalog."C",
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    CONSTRAINT entries_leaf_check CHECK ((octet_length(leaf) = 32)),
    CONSTRAINT entries_seq_check CHECK ((seq >= 0))
);


ALTER TABLE turnlock.entries_2027_05 OWNER TO golden_audit_owner;

--
-- Name: entries_2027_06; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.entries_2027_06 (
    seq bigint NOT NULL,
    body bytea NOT NULL,
    leaf bytea NOT NULL,
    at bigint NOT NULL,
    action text NOT NULL,
    outcome text COLLATE pg_catalog."C",
    actor text NOT NULL,
    requester text COLLATE pg_catalog."C",
    trigger text COLLATE pg_catalog."C",
    rotation text COLLATE pg_catalog."C",
    target text COLLATE pg_catalog."C",
    trace text COLLATE pg_catalog."C",
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    CONSTRAINT entries_leaf_check CHECK ((octet_length(leaf) = 32)),
    CONSTRAINT entries_seq_check CHECK ((seq >= 0))
);


ALTER TABLE turnlock.entries_2027_06 OWNER TO golden_audit_owner;

--
-- Name: entries_2027_07; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.entries_2027_07 (
    seq bigint NOT NULL,
    body bytea NOT NULL,
    leaf bytea NOT NULL,
    at bigint NOT NULL,
    action text NOT NULL,
    outcome text COLLATE pg_catalog."C",
    actor text NOT NULL,
    requester text COLLATE pg_catalog."C",
    trigger text COLLATE pg_catalog."C",
    rotation text COLLATE pg_catalog."C",
    target text COLLATE pg_catalog."C",
    trace text COLLATE pg_catalog."C",
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    CONSTRAINT entries_leaf_check CHECK ((octet_length(leaf) = 32)),
    CONSTRAINT entries_seq_check CHECK ((seq >= 0))
);


ALTER TABLE turnlock.entries_2027_07 OWNER TO golden_audit_owner;

--
-- Name: entries_2027_08; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.entries_2027_08 (
    seq bigint NOT NULL,
    body bytea NOT NULL,
    leaf bytea NOT NULL,
    at bigint NOT NULL,
    action text NOT NULL,
    outcome text COLLATE pg_catalog."C",
    actor text NOT NULL,
    requester text COLLATE pg_catalog."C",
    trigger text COLLATE pg_catalog."C",
    rotation text COLLATE pg_catalog."C",
    target text COLLATE pg_catalog."C",
    trace text COLLATE pg_catalog."C",
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    CONSTRAINT entries_leaf_check CHECK ((octet_length(leaf) = 32)),
    CONSTRAINT entries_seq_check CHECK ((seq >= 0))
);


ALTER TABLE turnlock.entries_2027_08 OWNER TO golden_audit_owner;

--
-- Name: entries_2027_09; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.entries_2027_09 (
    seq bigint NOT NULL,
    body bytea NOT NULL,
    leaf bytea NOT NULL,
    at bigint NOT NULL,
    action text NOT NULL,
    outcome text COLLATE pg_catalog."C",
    actor text NOT NULL,
    requester text COLLATE pg_catalog."C",
    trigger text COLLATE pg_catalog."C",
    rotation text COLLATE pg_catalog."C",
    target text COLLATE pg_catalog."C",
    trace text COLLATE pg_catalog."C",
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    CONSTRAINT entries_leaf_check CHECK ((octet_length(leaf) = 32)),
    CONSTRAINT entries_seq_check CHECK ((seq >= 0))
);


ALTER TABLE turnlock.entries_2027_09 OWNER TO golden_audit_owner;

--
-- Name: entries_2027_10; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.entries_2027_10 (
    seq bigint NOT NULL,
    body bytea NOT NULL,
    leaf bytea NOT NULL,
    at bigint NOT NULL,
    action text NOT NULL,
    outcome text COLLATE pg_catalog."C",
    actor text NOT NULL,
    requester text COLLATE pg_catalog."C",
    trigger text COLLATE pg_catalog."C",
    rotation text COLLATE pg_catalog."C",
    target text COLLATE pg_catalog."C",
    trace text COLLATE pg_catalog."C",
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    CONSTRAINT entries_leaf_check CHECK ((octet_length(leaf) = 32)),
    CONSTRAINT entries_seq_check CHECK ((seq >= 0))
);


ALTER TABLE turnlock.entries_2027_10 OWNER TO golden_audit_owner;

--
-- Name: entries_2027_11; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.entries_2027_11 (
    seq bigint NOT NULL,
    body bytea NOT NULL,
    leaf bytea NOT NULL,
    at bigint NOT NULL,
    action text NOT NULL,
    outcome text COLLATE pg_catalog."C",
    actor text NOT NULL,
    requester text COLLATE pg_catalog."C",
    trigger text COLLATE pg_catalog."C",
    rotation text COLLATE pg_catalog."C",
    target text COLLATE pg_catalog."C",
    trace text COLLATE pg_catalog."C",
    recorded_at timestamp with time zone NOT NULL,
    recorded_by text NOT NULL,
    CONSTRAINT entries_leaf_check CHECK ((octet_length(leaf) = 32)),
    CONSTRAINT entries_seq_check CHECK ((seq >= 0))
);


ALTER TABLE turnlock.entries_2027_11 OWNER TO golden_audit_owner;

--
-- Name: head; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.head (
    id smallint NOT NULL,
    version integer NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    frontier bytea[] NOT NULL,
    epoch bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    partitions_end timestamp with time zone NOT NULL,
    CONSTRAINT head_epoch_check CHECK ((epoch >= 0)),
    CONSTRAINT head_id_check CHECK ((id = 0)),
    CONSTRAINT head_root_check CHECK ((octet_length(root) = 32)),
    CONSTRAINT head_size_check CHECK ((size >= 0))
)
WITH (fillfactor='50');


ALTER TABLE turnlock.head OWNER TO golden_audit_owner;

--
-- Name: log; Type: VIEW; Schema: turnlock; Owner: golden_audit_owner
--

CREATE VIEW turnlock.log WITH (security_barrier='true') AS
 SELECT e.seq AS entry,
    to_timestamp((((e.at)::numeric / 1000000.0))::double precision) AS at,
    e.action,
    (d.body ->> 'phase'::text) AS phase,
    e.outcome,
    e.target,
    ( SELECT string_agg(concat_ws(' '::text, s.key, NULLIF(concat_ws(' -> '::text, ('v'::text || (s.value ->> 'from'::text)), ('v'::text || (s.value ->> 'to'::text))), ''::text)), ', '::text ORDER BY s.key) AS string_agg
           FROM jsonb_each((d.body -> 'subjects'::text)) s(key, value)) AS secrets,
    e.rotation,
    ((d.body ->> 'step'::text))::bigint AS step,
    (d.body ->> 'direction'::text) AS direction,
    e.actor,
    e.requester,
    (d.body -> 'asserted'::text) AS asserted,
    e.trigger,
    (d.body ->> 'reason'::text) AS reason,
    (d.body ->> 'error'::text) AS error,
    ((d.body ->> 'epoch'::text))::bigint AS epoch,
    (d.body -> 'request_ids'::text) AS vault_requests,
    (d.body ->> 'plan_hash'::text) AS plan_hash,
    e.trace AS trace_id,
    (d.body ->> 'span_id'::text) AS span_id,
    (d.body ->> 'agent'::text) AS agent,
    (d.body -> 'detail'::text) AS detail,
    e.recorded_at,
    e.recorded_by
   FROM (turnlock.entries e
     CROSS JOIN LATERAL ( SELECT (convert_from(e.body, 'UTF8'::name))::jsonb AS body) d);


ALTER TABLE turnlock.log OWNER TO golden_audit_owner;

--
-- Name: VIEW log; Type: COMMENT; Schema: turnlock; Owner: golden_audit_owner
--

COMMENT ON VIEW turnlock.log IS 'One row an entry of the audit log, in its own words. Order by entry: the number is the order, never the time.';


--
-- Name: COLUMN log.entry; Type: COMMENT; Schema: turnlock; Owner: golden_audit_owner
--

COMMENT ON COLUMN turnlock.log.entry IS 'The entry''s number: the index of its leaf in the Merkle tree, from 0, without gaps.';


--
-- Name: COLUMN log.at; Type: COMMENT; Schema: turnlock; Owner: golden_audit_owner
--

COMMENT ON COLUMN turnlock.log.at IS 'When, by the clock of the agent.';


--
-- Name: COLUMN log.action; Type: COMMENT; Schema: turnlock; Owner: golden_audit_owner
--

COMMENT ON COLUMN turnlock.log.action IS 'What was done: rotation, stage, apply, verify, promote, retire, lease, import, repair, refusal, alarm, posture, ...';


--
-- Name: COLUMN log.phase; Type: COMMENT; Schema: turnlock; Owner: golden_audit_owner
--

COMMENT ON COLUMN turnlock.log.phase IS 'intent: written before the effect. outcome: written after it. event: told, without an effect of its own.';


--
-- Name: COLUMN log.outcome; Type: COMMENT; Schema: turnlock; Owner: golden_audit_owner
--

COMMENT ON COLUMN turnlock.log.outcome IS 'done, failed, refused, in_doubt; empty before an effect.';


--
-- Name: COLUMN log.target; Type: COMMENT; Schema: turnlock; Owner: golden_audit_owner
--

COMMENT ON COLUMN turnlock.log.target IS 'What was acted upon: a file, a database role, containers.';


--
-- Name: COLUMN log.secrets; Type: COMMENT; Schema: turnlock; Owner: golden_audit_owner
--

COMMENT ON COLUMN turnlock.log.secrets IS 'The secrets that it is about, by name, with the versions before and after. Never a value.';


--
-- Name: COLUMN log.rotation; Type: COMMENT; Schema: turnlock; Owner: golden_audit_owner
--

COMMENT ON COLUMN turnlock.log.rotation IS 'The run that it belongs to.';


--
-- Name: COLUMN log.direction; Type: COMMENT; Schema: turnlock; Owner: golden_audit_owner
--

COMMENT ON COLUMN turnlock.log.direction IS 'forward: towards the new versions. back: towards the old ones.';


--
-- Name: COLUMN log.actor; Type: COMMENT; Schema: turnlock; Owner: golden_audit_owner
--

COMMENT ON COLUMN turnlock.log.actor IS 'With whose powers it was done: the entity that Vault vouches for.';


--
-- Name: COLUMN log.requester; Type: COMMENT; Schema: turnlock; Owner: golden_audit_owner
--

COMMENT ON COLUMN turnlock.log.requester IS 'Who asked for it: an entity that Vault vouches for, or what is only asserted.';


--
-- Name: COLUMN log.asserted; Type: COMMENT; Schema: turnlock; Owner: golden_audit_owner
--

COMMENT ON COLUMN turnlock.log.asserted IS 'What the asking process said of itself. Anybody could say so.';


--
-- Name: COLUMN log.trigger; Type: COMMENT; Schema: turnlock; Owner: golden_audit_owner
--

COMMENT ON COLUMN turnlock.log.trigger IS 'Why then: schedule, person, event, incident.';


--
-- Name: COLUMN log.epoch; Type: COMMENT; Schema: turnlock; Owner: golden_audit_owner
--

COMMENT ON COLUMN turnlock.log.epoch IS 'The right to act under which it was written; it grows by one with each entry `lease`.';


--
-- Name: COLUMN log.vault_requests; Type: COMMENT; Schema: turnlock; Owner: golden_audit_owner
--

COMMENT ON COLUMN turnlock.log.vault_requests IS 'The request ids of the changing calls to Vault, as in Vault''s own audit log.';


--
-- Name: COLUMN log.trace_id; Type: COMMENT; Schema: turnlock; Owner: golden_audit_owner
--

COMMENT ON COLUMN turnlock.log.trace_id IS 'The OpenTelemetry trace that shows the same.';


--
-- Name: COLUMN log.recorded_at; Type: COMMENT; Schema: turnlock; Owner: golden_audit_owner
--

COMMENT ON COLUMN turnlock.log.recorded_at IS 'When this server took it, by its own clock; never before the entry before it.';


--
-- Name: COLUMN log.recorded_by; Type: COMMENT; Schema: turnlock; Owner: golden_audit_owner
--

COMMENT ON COLUMN turnlock.log.recorded_by IS 'The login from which this server took it.';


--
-- Name: rotations; Type: VIEW; Schema: turnlock; Owner: golden_audit_owner
--

CREATE VIEW turnlock.rotations WITH (security_barrier='true') AS
 SELECT b.rotation,
    b.at AS began,
    o.at AS ended,
        CASE
            WHEN (o.entry IS NULL) THEN 'not ended'::text
            WHEN ((o.outcome = 'done'::text) AND (o.error IS NOT NULL)) THEN 'done, something old is left'::text
            WHEN (o.outcome = 'failed'::text) THEN 'failed, taken back'::text
            ELSE o.outcome
        END AS outcome,
    b.secrets,
    b.trigger,
    b.requester,
    b.asserted,
    b.actor,
    b.reason,
    o.error,
    ( SELECT count(*) AS count
           FROM turnlock.log s
          WHERE ((s.rotation = b.rotation) AND (s.step IS NOT NULL) AND (s.outcome = 'failed'::text))) AS failed_steps,
    b.plan_hash,
    b.trace_id,
    b.entry AS first_entry,
    o.entry AS last_entry
   FROM (turnlock.log b
     LEFT JOIN turnlock.log o ON (((o.rotation = b.rotation) AND (o.action = 'rotation'::text) AND (o.phase = 'outcome'::text))))
  WHERE ((b.action = 'rotation'::text) AND (b.phase = 'intent'::text));


ALTER TABLE turnlock.rotations OWNER TO golden_audit_owner;

--
-- Name: VIEW rotations; Type: COMMENT; Schema: turnlock; Owner: golden_audit_owner
--

COMMENT ON VIEW turnlock.rotations IS 'One row a rotation: when, of what, by whom, why, and how it ended.';


--
-- Name: COLUMN rotations.outcome; Type: COMMENT; Schema: turnlock; Owner: golden_audit_owner
--

COMMENT ON COLUMN turnlock.rotations.outcome IS '`not ended`: it runs, or its process is gone and `turnlock repair` has not taken it up yet.';


--
-- Name: subjects; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.subjects (
    seq bigint NOT NULL,
    subject text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL
)
PARTITION BY RANGE (recorded_at);


ALTER TABLE turnlock.subjects OWNER TO golden_audit_owner;

--
-- Name: secrets; Type: VIEW; Schema: turnlock; Owner: golden_audit_owner
--

CREATE VIEW turnlock.secrets WITH (security_barrier='true') AS
 SELECT DISTINCT ON (s.subject) s.subject AS secret,
    s.version AS current_version,
    l.at AS since,
    l.action AS made_by,
    l.rotation,
    l.entry
   FROM (turnlock.subjects s
     JOIN turnlock.log l ON ((l.entry = s.seq)))
  WHERE ((l.action = ANY (ARRAY['promote'::text, 'import'::text, 'repair'::text])) AND (l.outcome = 'done'::text) AND (s.version >= 0))
  ORDER BY s.subject, s.seq DESC, s.version DESC;


ALTER TABLE turnlock.secrets OWNER TO golden_audit_owner;

--
-- Name: VIEW secrets; Type: COMMENT; Schema: turnlock; Owner: golden_audit_owner
--

COMMENT ON VIEW turnlock.secrets IS 'One row a secret: which version the log says is current, since when, and what made it so.';


--
-- Name: subjects_2026_11; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.subjects_2026_11 (
    seq bigint NOT NULL,
    subject text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);


ALTER TABLE turnlock.subjects_2026_11 OWNER TO golden_audit_owner;

--
-- Name: subjects_2026_12; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.subjects_2026_12 (
    seq bigint NOT NULL,
    subject text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);


ALTER TABLE turnlock.subjects_2026_12 OWNER TO golden_audit_owner;

--
-- Name: subjects_2027_01; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.subjects_2027_01 (
    seq bigint NOT NULL,
    subject text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);


ALTER TABLE turnlock.subjects_2027_01 OWNER TO golden_audit_owner;

--
-- Name: subjects_2027_02; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.subjects_2027_02 (
    seq bigint NOT NULL,
    subject text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);


ALTER TABLE turnlock.subjects_2027_02 OWNER TO golden_audit_owner;

--
-- Name: subjects_2027_03; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.subjects_2027_03 (
    seq bigint NOT NULL,
    subject text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);


ALTER TABLE turnlock.subjects_2027_03 OWNER TO golden_audit_owner;

--
-- Name: subjects_2027_04; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.subjects_2027_04 (
    seq bigint NOT NULL,
    subject text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);


ALTER TABLE turnlock.subjects_2027_04 OWNER TO golden_audit_owner;

--
-- Name: subjects_2027_05; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.subjects_2027_05 (
    seq bigint NOT NULL,
    subject text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);


ALTER TABLE turnlock.subjects_2027_05 OWNER TO golden_audit_owner;

--
-- Name: subjects_2027_06; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.subjects_2027_06 (
    seq bigint NOT NULL,
    subject text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);


ALTER TABLE turnlock.subjects_2027_06 OWNER TO golden_audit_owner;

--
-- Name: subjects_2027_07; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.subjects_2027_07 (
    seq bigint NOT NULL,
    subject text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);


ALTER TABLE turnlock.subjects_2027_07 OWNER TO golden_audit_owner;

--
-- Name: subjects_2027_08; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.subjects_2027_08 (
    seq bigint NOT NULL,
    subject text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);


ALTER TABLE turnlock.subjects_2027_08 OWNER TO golden_audit_owner;

--
-- Name: subjects_2027_09; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.subjects_2027_09 (
    seq bigint NOT NULL,
    subject text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);


ALTER TABLE turnlock.subjects_2027_09 OWNER TO golden_audit_owner;

--
-- Name: subjects_2027_10; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.subjects_2027_10 (
    seq bigint NOT NULL,
    subject text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);


ALTER TABLE turnlock.subjects_2027_10 OWNER TO golden_audit_owner;

--
-- Name: subjects_2027_11; Type: TABLE; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TABLE turnlock.subjects_2027_11 (
    seq bigint NOT NULL,
    subject text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);


ALTER TABLE turnlock.subjects_2027_11 OWNER TO golden_audit_owner;

--
-- Name: entries_2026_11; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries ATTACH PARTITION turnlock.entries_2026_11 FOR VALUES FROM ('2026-11-01 00:00:00+00') TO ('2026-12-01 00:00:00+00');


--
-- Name: entries_2026_12; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries ATTACH PARTITION turnlock.entries_2026_12 FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2027-01-01 00:00:00+00');


--
-- Name: entries_2027_01; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries ATTACH PARTITION turnlock.entries_2027_01 FOR VALUES FROM ('2027-01-01 00:00:00+00') TO ('2027-02-01 00:00:00+00');


--
-- Name: entries_2027_02; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries ATTACH PARTITION turnlock.entries_2027_02 FOR VALUES FROM ('2027-02-01 00:00:00+00') TO ('2027-03-01 00:00:00+00');


--
-- Name: entries_2027_03; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries ATTACH PARTITION turnlock.entries_2027_03 FOR VALUES FROM ('2027-03-01 00:00:00+00') TO ('2027-04-01 00:00:00+00');


--
-- Name: entries_2027_04; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries ATTACH PARTITION turnlock.entries_2027_04 FOR VALUES FROM ('2027-04-01 00:00:00+00') TO ('2027-05-01 00:00:00+00');


--
-- Name: entries_2027_05; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries ATTACH PARTITION turnlock.entries_2027_05 FOR VALUES FROM ('2027-05-01 00:00:00+00') TO ('2027-06-01 00:00:00+00');


--
-- Name: entries_2027_06; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries ATTACH PARTITION turnlock.entries_2027_06 FOR VALUES FROM ('2027-06-01 00:00:00+00') TO ('2027-07-01 00:00:00+00');


--
-- Name: entries_2027_07; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries ATTACH PARTITION turnlock.entries_2027_07 FOR VALUES FROM ('2027-07-01 00:00:00+00') TO ('2027-08-01 00:00:00+00');


--
-- Name: entries_2027_08; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries ATTACH PARTITION turnlock.entries_2027_08 FOR VALUES FROM ('2027-08-01 00:00:00+00') TO ('2027-09-01 00:00:00+00');


--
-- Name: entries_2027_09; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries ATTACH PARTITION turnlock.entries_2027_09 FOR VALUES FROM ('2027-09-01 00:00:00+00') TO ('2027-10-01 00:00:00+00');


--
-- Name: entries_2027_10; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries ATTACH PARTITION turnlock.entries_2027_10 FOR VALUES FROM ('2027-10-01 00:00:00+00') TO ('2027-11-01 00:00:00+00');


--
-- Name: entries_2027_11; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries ATTACH PARTITION turnlock.entries_2027_11 FOR VALUES FROM ('2027-11-01 00:00:00+00') TO ('2027-12-01 00:00:00+00');


--
-- Name: subjects_2026_11; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects ATTACH PARTITION turnlock.subjects_2026_11 FOR VALUES FROM ('2026-11-01 00:00:00+00') TO ('2026-12-01 00:00:00+00');


--
-- Name: subjects_2026_12; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects ATTACH PARTITION turnlock.subjects_2026_12 FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2027-01-01 00:00:00+00');


--
-- Name: subjects_2027_01; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects ATTACH PARTITION turnlock.subjects_2027_01 FOR VALUES FROM ('2027-01-01 00:00:00+00') TO ('2027-02-01 00:00:00+00');


--
-- Name: subjects_2027_02; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects ATTACH PARTITION turnlock.subjects_2027_02 FOR VALUES FROM ('2027-02-01 00:00:00+00') TO ('2027-03-01 00:00:00+00');


--
-- Name: subjects_2027_03; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects ATTACH PARTITION turnlock.subjects_2027_03 FOR VALUES FROM ('2027-03-01 00:00:00+00') TO ('2027-04-01 00:00:00+00');


--
-- Name: subjects_2027_04; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects ATTACH PARTITION turnlock.subjects_2027_04 FOR VALUES FROM ('2027-04-01 00:00:00+00') TO ('2027-05-01 00:00:00+00');


--
-- Name: subjects_2027_05; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects ATTACH PARTITION turnlock.subjects_2027_05 FOR VALUES FROM ('2027-05-01 00:00:00+00') TO ('2027-06-01 00:00:00+00');


--
-- Name: subjects_2027_06; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects ATTACH PARTITION turnlock.subjects_2027_06 FOR VALUES FROM ('2027-06-01 00:00:00+00') TO ('2027-07-01 00:00:00+00');


--
-- Name: subjects_2027_07; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects ATTACH PARTITION turnlock.subjects_2027_07 FOR VALUES FROM ('2027-07-01 00:00:00+00') TO ('2027-08-01 00:00:00+00');


--
-- Name: subjects_2027_08; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects ATTACH PARTITION turnlock.subjects_2027_08 FOR VALUES FROM ('2027-08-01 00:00:00+00') TO ('2027-09-01 00:00:00+00');


--
-- Name: subjects_2027_09; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects ATTACH PARTITION turnlock.subjects_2027_09 FOR VALUES FROM ('2027-09-01 00:00:00+00') TO ('2027-10-01 00:00:00+00');


--
-- Name: subjects_2027_10; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects ATTACH PARTITION turnlock.subjects_2027_10 FOR VALUES FROM ('2027-10-01 00:00:00+00') TO ('2027-11-01 00:00:00+00');


--
-- Name: subjects_2027_11; Type: TABLE ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects ATTACH PARTITION turnlock.subjects_2027_11 FOR VALUES FROM ('2027-11-01 00:00:00+00') TO ('2027-12-01 00:00:00+00');


--
-- Data for Name: entries_2026_11; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--

INSERT INTO turnlock.entries_2026_11 VALUES (0, '\x7b22616374696f6e223a226c65617365222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c226e616d65223a2275736572706173732dc3a9222c227375646f5f756964223a313030302c22756964223a307d2c226174223a22323032362d31312d32365430383a30303a30305a222c2264657461696c223a7b226e6f746573223a5b302c302c6e756c6c2c747275652c2278225d2c22706c616e223a7b2261223a5b5d2c2262223a7b7d7d7d2c2265706f6368223a312c22666f726d6174223a322c227068617365223a226576656e74222c22706c616e5f68617368223a2230303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030222c22726561736f6e223a22626563617573655c75303031625b324a206f6620c3a9e280ae222c22726571756573746572223a227569642030206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c227370616e5f6964223a2230303030303030303030303030303030222c2274726163655f6964223a223030303030303030303030303030303030303030303030303030303030303030222c2274726967676572223a22706572736f6e227d', '\xc25c06acfd4253000410004cda556be978872a98a40574ad79bde8542526ce8c', 1795680000000000, 'lease', NULL, 'entity:7d2e3179-f69b', 'uid 0 on web1 🔒 "quoted" 
 (asserted)', 'person', NULL, NULL, '00000000000000000000000000000000', '2026-11-26 10:51:25.616887+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (1, '\x7b22616374696f6e223a227374616765222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c22756964223a317d2c226174223a22323032362d31312d32365430383a30303a30312e3030313233343536375a222c2265706f6368223a312c226572726f72223a22746865207365727665722069732061776179222c22666f726d6174223a322c226f7574636f6d65223a226661696c6564222c227068617365223a226f7574636f6d65222c22726571756573745f696473223a5b2230303030303030312d396231662d346335652d386135372d303030303030303030303030225d2c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303030222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a312c22746f223a327d7d7d', '\x086963d3a651b59da3db9d8864d2547aefa8bc1ed7eea880fb7b7bd5a0489dd1', 1795680001001234, 'stage', 'failed', 'entity:7d2e3179-f69b', NULL, NULL, '20261122T201400Z-00000000', NULL, NULL, '2026-11-26 10:51:25.616887+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (2, '\x7b22616374696f6e223a226170706c79222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226174223a22323032362d31312d32365430383a30303a30322e3030323436393133345a222c22646972656374696f6e223a22666f7277617264222c2265706f6368223a312c22666f726d6174223a322c227068617365223a226576656e74222c22726571756573745f696473223a5b2230303030303030322d396231662d346335652d386135372d303030303030303030303030222c2230303030303030322d396231662d346335652d386135372d303030303030303030303031225d2c22726571756573746572223a227569642032206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303030222c2273746570223a322c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a322c22746f223a337d2c22504f5354475245535f50415353574f5244223a7b22746f223a337d7d2c22746172676574223a2266696c652e656e76222c2274726967676572223a22706572736f6e227d', '\x4dde4271e828c90ce5d588528e8d1a07103adc733c5b9026471ebd76536c38e2', 1795680002002469, 'apply', NULL, 'entity:7d2e3179-f69b', 'uid 2 on web1 🔒 "quoted" 
 (asserted)', 'person', '20261122T201400Z-00000000', 'file.env', NULL, '2026-11-26 10:51:25.616887+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (3, '\x7b22616374696f6e223a2270726f6d6f7465222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c226e616d65223a2275736572706173732dc3a9222c22756964223a337d2c226174223a22323032362d31312d32365430383a30303a30332e3030333730333730315a222c2265706f6368223a312c22666f726d6174223a322c227068617365223a22696e74656e74222c22726571756573746572223a227569642033206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303030222c227370616e5f6964223a2230303030303030303030303030303033222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a332c22746f223a347d2c22504f5354475245535f50415353574f5244223a7b22746f223a347d2c22efacb3223a7b2266726f6d223a337d7d2c2274726163655f6964223a223030303030303030303030303030303030303030303030303030303030303033227d', '\x0e1e0682b14f474e30ab443397d3ac4dae473c6ce49d8e0a9138d67c8fae0d26', 1795680003003703, 'promote', NULL, 'entity:7d2e3179-f69b', 'uid 3 on web1 🔒 "quoted" 
 (asserted)', NULL, '20261122T201400Z-00000000', NULL, '00000000000000000000000000000003', '2026-11-26 10:51:25.616887+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (4, '\x7b22616374696f6e223a22696d706f7274222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c22756964223a347d2c226174223a22323032362d31312d32365430383a30303a30342e3030343933383236385a222c2265706f6368223a312c22666f726d6174223a322c226f7574636f6d65223a22646f6e65222c227068617365223a226f7574636f6d65222c22726571756573745f696473223a5b2230303030303030342d396231662d346335652d386135372d303030303030303030303030225d2c22726571756573746572223a227569642034206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303030222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a342c22746f223a357d2c22504f5354475245535f50415353574f5244223a7b22746f223a357d2c22f09f9882223a7b2266726f6d223a342c22746f223a357d2c22efacb3223a7b2266726f6d223a347d7d2c2274726967676572223a22706572736f6e227d', '\x8bc93fb78a0729f6e0e337f39e78ea14ba7e5c8ffc4cba98b6d707d51601e7dc', 1795680004004938, 'import', 'done', 'entity:7d2e3179-f69b', 'uid 4 on web1 🔒 "quoted" 
 (asserted)', 'person', '20261122T201400Z-00000000', NULL, NULL, '2026-11-26 10:51:25.616887+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (5, '\x7b22616374696f6e223a22726f746174696f6e222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c227375646f5f756964223a313030302c22756964223a357d2c226174223a22323032362d31312d32365430383a30303a30352e3030363137323833355a222c2265706f6368223a312c22666f726d6174223a322c227068617365223a226576656e74222c22706c616e5f68617368223a2230303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303035222c22726571756573745f696473223a5b2230303030303030352d396231662d346335652d386135372d303030303030303030303030222c2230303030303030352d396231662d346335652d386135372d303030303030303030303031225d2c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303030227d', '\x23b5011e5b27137ed54fea7c76e321f240f6962cd4b341965813971a4c02a173', 1795680005006172, 'rotation', NULL, 'entity:7d2e3179-f69b', NULL, NULL, '20261122T201400Z-00000000', NULL, NULL, '2026-11-26 10:51:25.616887+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (6, '\x7b22616374696f6e223a227374616765222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226174223a22323032362d31312d32365430383a30303a30362e3030373430373430325a222c2265706f6368223a312c22666f726d6174223a322c227068617365223a22696e74656e74222c22726561736f6e223a22626563617573655c75303031625b324a206f6620c3a9e280ae222c22726571756573746572223a227569642036206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303030222c227370616e5f6964223a2230303030303030303030303030303036222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a362c22746f223a377d7d2c2274726163655f6964223a223030303030303030303030303030303030303030303030303030303030303036222c2274726967676572223a22706572736f6e227d', '\x20ec2f2ddea3d62f806e2aa28589120e2907e95170c9faab9f9328557ab3a13e', 1795680006007407, 'stage', NULL, 'entity:7d2e3179-f69b', 'uid 6 on web1 🔒 "quoted" 
 (asserted)', 'person', '20261122T201400Z-00000000', NULL, '00000000000000000000000000000006', '2026-11-26 10:51:25.616887+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (7, '\x7b22616374696f6e223a226170706c79222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c22756964223a377d2c226174223a22323032362d31312d32365430383a30303a30372e3030383634313936395a222c22646972656374696f6e223a226261636b222c2265706f6368223a312c22666f726d6174223a322c226f7574636f6d65223a22696e5f646f756274222c227068617365223a226f7574636f6d65222c22726571756573745f696473223a5b2230303030303030372d396231662d346335652d386135372d303030303030303030303030225d2c22726571756573746572223a227569642037206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c2273746570223a372c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a372c22746f223a387d2c22504f5354475245535f50415353574f5244223a7b22746f223a387d7d2c22746172676574223a2266696c652e656e76227d', '\x1cb472807727ff88cf5d9a6c78de607ed0904f6b016e37c66135f66400836031', 1795680007008641, 'apply', 'in_doubt', 'entity:7d2e3179-f69b', 'uid 7 on web1 🔒 "quoted" 
 (asserted)', NULL, NULL, 'file.env', NULL, '2026-11-26 10:51:25.624662+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (8, '\x7b22616374696f6e223a2270726f6d6f7465222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c22756964223a387d2c226174223a22323032362d31312d32365430383a30303a30382e3030393837363533365a222c2265706f6368223a312c22666f726d6174223a322c227068617365223a226576656e74222c22726571756573745f696473223a5b2230303030303030382d396231662d346335652d386135372d303030303030303030303030222c2230303030303030382d396231662d346335652d386135372d303030303030303030303031225d2c22726571756573746572223a227569642038206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303031222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a382c22746f223a397d2c22504f5354475245535f50415353574f5244223a7b22746f223a397d2c22efacb3223a7b2266726f6d223a387d7d2c2274726967676572223a22706572736f6e227d', '\x3f17759569a8320539bebfc80f83321bca1da728ecab9319fea66b8eccd9e464', 1795680008009876, 'promote', NULL, 'entity:7d2e3179-f69b', 'uid 8 on web1 🔒 "quoted" 
 (asserted)', 'person', '20261122T201400Z-00000001', NULL, NULL, '2026-11-26 10:51:25.624662+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (9, '\x7b22616374696f6e223a22696d706f7274222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c226e616d65223a2275736572706173732dc3a9222c22756964223a397d2c226174223a22323032362d31312d32365430383a30303a30392e3031313131313130335a222c2264657461696c223a7b226e6f746573223a5b392c2d392c6e756c6c2c747275652c2278225d2c22706c616e223a7b2261223a5b5d2c2262223a7b7d7d7d2c2265706f6368223a312c226572726f72223a22746865207365727665722069732061776179222c22666f726d6174223a322c227068617365223a22696e74656e74222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303031222c227370616e5f6964223a2230303030303030303030303030303039222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a392c22746f223a31307d2c22504f5354475245535f50415353574f5244223a7b22746f223a31307d2c22f09f9882223a7b2266726f6d223a392c22746f223a31307d2c22efacb3223a7b2266726f6d223a397d7d2c2274726163655f6964223a223030303030303030303030303030303030303030303030303030303030303039227d', '\x895d223d2f50c5490fc18b1ddf2dcb6cde0035697c571a81a894da3ffe8a63b7', 1795680009011111, 'import', NULL, 'entity:7d2e3179-f69b', NULL, NULL, '20261122T201400Z-00000001', NULL, '00000000000000000000000000000009', '2026-11-26 10:51:25.624662+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (10, '\x7b22616374696f6e223a22726f746174696f6e222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226174223a22323032362d31312d32365430383a30303a31302e30313233343536375a222c2265706f6368223a312c22666f726d6174223a322c226f7574636f6d65223a2272656675736564222c227068617365223a226f7574636f6d65222c22706c616e5f68617368223a2230303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303061222c22726571756573745f696473223a5b2230303030303030612d396231662d346335652d386135372d303030303030303030303030225d2c22726571756573746572223a22756964203130206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303031222c2274726967676572223a22706572736f6e227d', '\x7aeba7c3aadd7fb8be802f8c7f80ccf0e002706c64c42b09a8369b3959918edf', 1795680010012345, 'rotation', 'refused', 'entity:7d2e3179-f69b', 'uid 10 on web1 🔒 "quoted" 
 (asserted)', 'person', '20261122T201400Z-00000001', NULL, NULL, '2026-11-26 10:51:25.624662+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (11, '\x7b22616374696f6e223a227374616765222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c22756964223a31317d2c226174223a22323032362d31312d32365430383a30303a31312e3031333538303233375a222c2265706f6368223a312c22666f726d6174223a322c227068617365223a226576656e74222c22726571756573745f696473223a5b2230303030303030622d396231662d346335652d386135372d303030303030303030303030222c2230303030303030622d396231662d346335652d386135372d303030303030303030303031225d2c22726571756573746572223a22756964203131206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303031222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a31312c22746f223a31327d7d7d', '\x4a0edea5012564a3100a8e002e597f9a294a036b1e3eb785b4d345d139842bbe', 1795680011013580, 'stage', NULL, 'entity:7d2e3179-f69b', 'uid 11 on web1 🔒 "quoted" 
 (asserted)', NULL, '20261122T201400Z-00000001', NULL, NULL, '2026-11-26 10:51:25.624662+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (12, '\x7b22616374696f6e223a226170706c79222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c226e616d65223a2275736572706173732dc3a9222c22756964223a31327d2c226174223a22323032362d31312d32365430383a30303a31322e3031343831343830345a222c22646972656374696f6e223a22666f7277617264222c2265706f6368223a312c22666f726d6174223a322c227068617365223a22696e74656e74222c22726561736f6e223a22626563617573655c75303031625b324a206f6620c3a9e280ae222c22726571756573746572223a22756964203132206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303031222c227370616e5f6964223a2230303030303030303030303030303063222c2273746570223a31322c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a31322c22746f223a31337d2c22504f5354475245535f50415353574f5244223a7b22746f223a31337d7d2c22746172676574223a2266696c652e656e76222c2274726163655f6964223a223030303030303030303030303030303030303030303030303030303030303063222c2274726967676572223a22706572736f6e227d', '\x2e17772f6c6ed16d97cd264e0e5462415bb4bb564cb95ff06252df7bc05b8c85', 1795680012014814, 'apply', NULL, 'entity:7d2e3179-f69b', 'uid 12 on web1 🔒 "quoted" 
 (asserted)', 'person', '20261122T201400Z-00000001', 'file.env', '0000000000000000000000000000000c', '2026-11-26 10:51:25.624662+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (13, '\x7b22616374696f6e223a2270726f6d6f7465222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c22756964223a31337d2c226174223a22323032362d31312d32365430383a30303a31332e3031363034393337315a222c2265706f6368223a312c22666f726d6174223a322c226f7574636f6d65223a226661696c6564222c227068617365223a226f7574636f6d65222c22726571756573745f696473223a5b2230303030303030642d396231662d346335652d386135372d303030303030303030303030225d2c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303031222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a31332c22746f223a31347d2c22504f5354475245535f50415353574f5244223a7b22746f223a31347d2c22efacb3223a7b2266726f6d223a31337d7d7d', '\x40beb152c393c6a3ce06286d4d63347f7feda5699a48d59c3563e4cab9d1252d', 1795680013016049, 'promote', 'failed', 'entity:7d2e3179-f69b', NULL, NULL, '20261122T201400Z-00000001', NULL, NULL, '2026-11-26 10:51:25.624662+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (14, '\x7b22616374696f6e223a22696d706f7274222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226174223a22323032362d31312d32365430383a30303a31342e3031373238333933385a222c2265706f6368223a312c22666f726d6174223a322c227068617365223a226576656e74222c22726571756573745f696473223a5b2230303030303030652d396231662d346335652d386135372d303030303030303030303030222c2230303030303030652d396231662d346335652d386135372d303030303030303030303031225d2c22726571756573746572223a22756964203134206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a31342c22746f223a31357d2c22504f5354475245535f50415353574f5244223a7b22746f223a31357d2c22f09f9882223a7b2266726f6d223a31342c22746f223a31357d2c22efacb3223a7b2266726f6d223a31347d7d2c2274726967676572223a22706572736f6e227d', '\x60308763878127f0fef770ddc590efbdc73fcb03739600268172c1578c736044', 1795680014017283, 'import', NULL, 'entity:7d2e3179-f69b', 'uid 14 on web1 🔒 "quoted" 
 (asserted)', 'person', NULL, NULL, NULL, '2026-11-26 10:51:25.627845+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (15, '\x7b22616374696f6e223a22726f746174696f6e222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c226e616d65223a2275736572706173732dc3a9222c227375646f5f756964223a313030302c22756964223a31357d2c226174223a22323032362d31312d32365430383a30303a31352e3031383531383530355a222c2265706f6368223a312c22666f726d6174223a322c227068617365223a22696e74656e74222c22706c616e5f68617368223a2230303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303066222c22726571756573746572223a22756964203135206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303031222c227370616e5f6964223a2230303030303030303030303030303066222c2274726163655f6964223a223030303030303030303030303030303030303030303030303030303030303066227d', '\x2de327f8f2664a200c877aeb6ad15f4ffa7ab46b95432cbcd8170de1dcc6d645', 1795680015018518, 'rotation', NULL, 'entity:7d2e3179-f69b', 'uid 15 on web1 🔒 "quoted" 
 (asserted)', NULL, '20261122T201400Z-00000001', NULL, '0000000000000000000000000000000f', '2026-11-26 10:51:25.627845+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (16, '\x7b22616374696f6e223a227374616765222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c22756964223a31367d2c226174223a22323032362d31312d32365430383a30303a31362e3031393735333037325a222c2265706f6368223a312c22666f726d6174223a322c226f7574636f6d65223a22646f6e65222c227068617365223a226f7574636f6d65222c22726571756573745f696473223a5b2230303030303031302d396231662d346335652d386135372d303030303030303030303030225d2c22726571756573746572223a22756964203136206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303032222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a31362c22746f223a31377d7d2c2274726967676572223a22706572736f6e227d', '\x765caceb7da7bc4a25c489517bfd1cb009a519104a054ab833b51781f19f46d8', 1795680016019753, 'stage', 'done', 'entity:7d2e3179-f69b', 'uid 16 on web1 🔒 "quoted" 
 (asserted)', 'person', '20261122T201400Z-00000002', NULL, NULL, '2026-11-26 10:51:25.627845+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (17, '\x7b22616374696f6e223a226170706c79222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c22756964223a31377d2c226174223a22323032362d31312d32365430383a30303a31372e3032303938373633395a222c22646972656374696f6e223a226261636b222c2265706f6368223a312c226572726f72223a22746865207365727665722069732061776179222c22666f726d6174223a322c227068617365223a226576656e74222c22726571756573745f696473223a5b2230303030303031312d396231662d346335652d386135372d303030303030303030303030222c2230303030303031312d396231662d346335652d386135372d303030303030303030303031225d2c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303032222c2273746570223a31372c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a31372c22746f223a31387d2c22504f5354475245535f50415353574f5244223a7b22746f223a31387d7d2c22746172676574223a2266696c652e656e76227d', '\xc34d869502c8af548cc80c4427a0eac6845e60aa9404e6113d665057b2cd7b58', 1795680017020987, 'apply', NULL, 'entity:7d2e3179-f69b', NULL, NULL, '20261122T201400Z-00000002', 'file.env', NULL, '2026-11-26 10:51:25.627845+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (18, '\x7b22616374696f6e223a2270726f6d6f7465222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226174223a22323032362d31312d32365430383a30303a31382e3032323232323230365a222c2264657461696c223a7b226e6f746573223a5b31382c2d31382c6e756c6c2c747275652c2278225d2c22706c616e223a7b2261223a5b5d2c2262223a7b7d7d7d2c2265706f6368223a312c22666f726d6174223a322c227068617365223a22696e74656e74222c22726561736f6e223a22626563617573655c75303031625b324a206f6620c3a9e280ae222c22726571756573746572223a22756964203138206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303032222c227370616e5f6964223a2230303030303030303030303030303132222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a31382c22746f223a31397d2c22504f5354475245535f50415353574f5244223a7b22746f223a31397d2c22efacb3223a7b2266726f6d223a31387d7d2c2274726163655f6964223a223030303030303030303030303030303030303030303030303030303030303132222c2274726967676572223a22706572736f6e227d', '\xcd46516d4f22c7b291e9a81da31fd88e5508628bea704a362ed9744e55aa0788', 1795680018022222, 'promote', NULL, 'entity:7d2e3179-f69b', 'uid 18 on web1 🔒 "quoted" 
 (asserted)', 'person', '20261122T201400Z-00000002', NULL, '00000000000000000000000000000012', '2026-11-26 10:51:25.627845+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (19, '\x7b22616374696f6e223a22696d706f7274222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c22756964223a31397d2c226174223a22323032362d31312d32365430383a30303a31392e3032333435363737335a222c2265706f6368223a312c22666f726d6174223a322c226f7574636f6d65223a22696e5f646f756274222c227068617365223a226f7574636f6d65222c22726571756573745f696473223a5b2230303030303031332d396231662d346335652d386135372d303030303030303030303030225d2c22726571756573746572223a22756964203139206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303032222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a31392c22746f223a32307d2c22504f5354475245535f50415353574f5244223a7b22746f223a32307d2c22f09f9882223a7b2266726f6d223a31392c22746f223a32307d2c22efacb3223a7b2266726f6d223a31397d7d7d', '\x165549cc5c064733bef5c7b8e445ab0e8d7356c0a7aeb1c57a119fbdadb53857', 1795680019023456, 'import', 'in_doubt', 'entity:7d2e3179-f69b', 'uid 19 on web1 🔒 "quoted" 
 (asserted)', NULL, '20261122T201400Z-00000002', NULL, NULL, '2026-11-26 10:51:25.627845+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (20, '\x7b22616374696f6e223a226c65617365222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c227375646f5f756964223a313030302c22756964223a32307d2c226174223a22323032362d31312d32365430383a30303a32302e30323436393133345a222c2265706f6368223a322c22666f726d6174223a322c227068617365223a226576656e74222c22706c616e5f68617368223a2230303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303134222c22726571756573745f696473223a5b2230303030303031342d396231662d346335652d386135372d303030303030303030303030222c2230303030303031342d396231662d346335652d386135372d303030303030303030303031225d2c22726571756573746572223a22756964203230206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303032222c2274726967676572223a22706572736f6e227d', '\x9dc6fbf945a65affdaaf719d77460681c251d2af5269fa8456269b43c054ac67', 1795680020024691, 'lease', NULL, 'entity:7d2e3179-f69b', 'uid 20 on web1 🔒 "quoted" 
 (asserted)', 'person', '20261122T201400Z-00000002', NULL, NULL, '2026-11-26 10:51:25.627845+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (21, '\x7b22616374696f6e223a227374616765222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c226e616d65223a2275736572706173732dc3a9222c22756964223a32317d2c226174223a22323032362d31312d32365430383a30303a32312e3032353932353930375a222c2265706f6368223a322c22666f726d6174223a322c227068617365223a22696e74656e74222c227370616e5f6964223a2230303030303030303030303030303135222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a32312c22746f223a32327d7d2c2274726163655f6964223a223030303030303030303030303030303030303030303030303030303030303135227d', '\x95f27c1de42a331dd3fbe83d6cc22568ec12f36e9e6c741ebb65a32763dacc8a', 1795680021025925, 'stage', NULL, 'entity:7d2e3179-f69b', NULL, NULL, NULL, NULL, '00000000000000000000000000000015', '2026-11-26 10:51:25.631101+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (22, '\x7b22616374696f6e223a226170706c79222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226174223a22323032362d31312d32365430383a30303a32322e3032373136303437345a222c22646972656374696f6e223a22666f7277617264222c2265706f6368223a322c22666f726d6174223a322c226f7574636f6d65223a2272656675736564222c227068617365223a226f7574636f6d65222c22726571756573745f696473223a5b2230303030303031362d396231662d346335652d386135372d303030303030303030303030225d2c22726571756573746572223a22756964203232206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303032222c2273746570223a32322c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a32322c22746f223a32337d2c22504f5354475245535f50415353574f5244223a7b22746f223a32337d7d2c22746172676574223a2266696c652e656e76222c2274726967676572223a22706572736f6e227d', '\xe3097bde9167ec17ccb63009b8a4b6bb97a8d457be9eea895eb59c263dbe188d', 1795680022027160, 'apply', 'refused', 'entity:7d2e3179-f69b', 'uid 22 on web1 🔒 "quoted" 
 (asserted)', 'person', '20261122T201400Z-00000002', 'file.env', NULL, '2026-11-26 10:51:25.631101+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (56, '\x7b22616374696f6e223a227374616765222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c22756964223a35367d2c226174223a22323032362d31312d32365430383a30303a35362e3036393133353735325a222c2265706f6368223a332c22666f726d6174223a322c227068617365223a226576656e74222c22726571756573745f696473223a5b2230303030303033382d396231662d346335652d386135372d303030303030303030303030222c2230303030303033382d396231662d346335652d386135372d303030303030303030303031225d2c22726571756573746572223a22756964203536206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a35362c22746f223a35377d7d2c2274726967676572223a22706572736f6e227d', '\xee4bfe628b7e6360b03e83f6b0ff7abb95510131fc76e1e90087c554618b8248', 1795680056069135, 'stage', NULL, 'entity:7d2e3179-f69b', 'uid 56 on web1 🔒 "quoted" 
 (asserted)', 'person', NULL, NULL, NULL, '2026-11-26 10:51:25.655776+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (23, '\x7b22616374696f6e223a2270726f6d6f7465222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c22756964223a32337d2c226174223a22323032362d31312d32365430383a30303a32332e3032383339353034315a222c2265706f6368223a322c22666f726d6174223a322c227068617365223a226576656e74222c22726571756573745f696473223a5b2230303030303031372d396231662d346335652d386135372d303030303030303030303030222c2230303030303031372d396231662d346335652d386135372d303030303030303030303031225d2c22726571756573746572223a22756964203233206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303032222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a32332c22746f223a32347d2c22504f5354475245535f50415353574f5244223a7b22746f223a32347d2c22efacb3223a7b2266726f6d223a32337d7d7d', '\x11c0fd674927d64c449104bb6ddb82d70fbae0f52a3a433a6a716375c92f4a81', 1795680023028395, 'promote', NULL, 'entity:7d2e3179-f69b', 'uid 23 on web1 🔒 "quoted" 
 (asserted)', NULL, '20261122T201400Z-00000002', NULL, NULL, '2026-11-26 10:51:25.631101+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (24, '\x7b22616374696f6e223a22696d706f7274222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c226e616d65223a2275736572706173732dc3a9222c22756964223a32347d2c226174223a22323032362d31312d32365430383a30303a32342e3032393632393630385a222c2265706f6368223a322c22666f726d6174223a322c227068617365223a22696e74656e74222c22726561736f6e223a22626563617573655c75303031625b324a206f6620c3a9e280ae222c22726571756573746572223a22756964203234206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303033222c227370616e5f6964223a2230303030303030303030303030303138222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a32342c22746f223a32357d2c22504f5354475245535f50415353574f5244223a7b22746f223a32357d2c22f09f9882223a7b2266726f6d223a32342c22746f223a32357d2c22efacb3223a7b2266726f6d223a32347d7d2c2274726163655f6964223a223030303030303030303030303030303030303030303030303030303030303138222c2274726967676572223a22706572736f6e227d', '\xcd49261b7b0906033dcc57147c085187994b91e95eeff47c5eb32d7d6ba14459', 1795680024029629, 'import', NULL, 'entity:7d2e3179-f69b', 'uid 24 on web1 🔒 "quoted" 
 (asserted)', 'person', '20261122T201400Z-00000003', NULL, '00000000000000000000000000000018', '2026-11-26 10:51:25.631101+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (25, '\x7b22616374696f6e223a22726f746174696f6e222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c227375646f5f756964223a313030302c22756964223a32357d2c226174223a22323032362d31312d32365430383a30303a32352e3033303836343137355a222c2265706f6368223a322c226572726f72223a22746865207365727665722069732061776179222c22666f726d6174223a322c226f7574636f6d65223a226661696c6564222c227068617365223a226f7574636f6d65222c22706c616e5f68617368223a2230303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303139222c22726571756573745f696473223a5b2230303030303031392d396231662d346335652d386135372d303030303030303030303030225d2c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303033227d', '\xfc5ceead0cc3c533cde20c271c113f905ef802f64abe399b5e3e52f6fed286dc', 1795680025030864, 'rotation', 'failed', 'entity:7d2e3179-f69b', NULL, NULL, '20261122T201400Z-00000003', NULL, NULL, '2026-11-26 10:51:25.631101+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (26, '\x7b22616374696f6e223a227374616765222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226174223a22323032362d31312d32365430383a30303a32362e3033323039383734325a222c2265706f6368223a322c22666f726d6174223a322c227068617365223a226576656e74222c22726571756573745f696473223a5b2230303030303031612d396231662d346335652d386135372d303030303030303030303030222c2230303030303031612d396231662d346335652d386135372d303030303030303030303031225d2c22726571756573746572223a22756964203236206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303033222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a32362c22746f223a32377d7d2c2274726967676572223a22706572736f6e227d', '\xb465270916e479d693b1fc3fcbfd89e6a14b3d7415beece896e1132dced64a70', 1795680026032098, 'stage', NULL, 'entity:7d2e3179-f69b', 'uid 26 on web1 🔒 "quoted" 
 (asserted)', 'person', '20261122T201400Z-00000003', NULL, NULL, '2026-11-26 10:51:25.631101+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (27, '\x7b22616374696f6e223a226170706c79222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c226e616d65223a2275736572706173732dc3a9222c22756964223a32377d2c226174223a22323032362d31312d32365430383a30303a32372e3033333333333330395a222c2264657461696c223a7b226e6f746573223a5b32372c2d32372c6e756c6c2c747275652c2278225d2c22706c616e223a7b2261223a5b5d2c2262223a7b7d7d7d2c22646972656374696f6e223a226261636b222c2265706f6368223a322c22666f726d6174223a322c227068617365223a22696e74656e74222c22726571756573746572223a22756964203237206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303033222c227370616e5f6964223a2230303030303030303030303030303162222c2273746570223a32372c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a32372c22746f223a32387d2c22504f5354475245535f50415353574f5244223a7b22746f223a32387d7d2c22746172676574223a2266696c652e656e76222c2274726163655f6964223a223030303030303030303030303030303030303030303030303030303030303162227d', '\xf153b306dd4a97b54b26646e013d91ec57caa7ad659f058a7db3d75a55c20aec', 1795680027033333, 'apply', NULL, 'entity:7d2e3179-f69b', 'uid 27 on web1 🔒 "quoted" 
 (asserted)', NULL, '20261122T201400Z-00000003', 'file.env', '0000000000000000000000000000001b', '2026-11-26 10:51:25.631101+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (28, '\x7b22616374696f6e223a2270726f6d6f7465222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c22756964223a32387d2c226174223a22323032362d31312d32365430383a30303a32382e3033343536373837365a222c2265706f6368223a322c22666f726d6174223a322c226f7574636f6d65223a22646f6e65222c227068617365223a226f7574636f6d65222c22726571756573745f696473223a5b2230303030303031632d396231662d346335652d386135372d303030303030303030303030225d2c22726571756573746572223a22756964203238206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a32382c22746f223a32397d2c22504f5354475245535f50415353574f5244223a7b22746f223a32397d2c22efacb3223a7b2266726f6d223a32387d7d2c2274726967676572223a22706572736f6e227d', '\x67267cdd270a6d875ddf57828ef10dcab42f6f066cd9049434e61c765afd2b5b', 1795680028034567, 'promote', 'done', 'entity:7d2e3179-f69b', 'uid 28 on web1 🔒 "quoted" 
 (asserted)', 'person', NULL, NULL, NULL, '2026-11-26 10:51:25.635689+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (29, '\x7b22616374696f6e223a22696d706f7274222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c22756964223a32397d2c226174223a22323032362d31312d32365430383a30303a32392e3033353830323434335a222c2265706f6368223a322c22666f726d6174223a322c227068617365223a226576656e74222c22726571756573745f696473223a5b2230303030303031642d396231662d346335652d386135372d303030303030303030303030222c2230303030303031642d396231662d346335652d386135372d303030303030303030303031225d2c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303033222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a32392c22746f223a33307d2c22504f5354475245535f50415353574f5244223a7b22746f223a33307d2c22f09f9882223a7b2266726f6d223a32392c22746f223a33307d2c22efacb3223a7b2266726f6d223a32397d7d7d', '\x3e30c8b075c228de0723a4b32deb34549498d1bb288815647daab7b10fe2bc36', 1795680029035802, 'import', NULL, 'entity:7d2e3179-f69b', NULL, NULL, '20261122T201400Z-00000003', NULL, NULL, '2026-11-26 10:51:25.635689+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (30, '\x7b22616374696f6e223a22726f746174696f6e222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226174223a22323032362d31312d32365430383a30303a33302e30333730333730315a222c2265706f6368223a322c22666f726d6174223a322c227068617365223a22696e74656e74222c22706c616e5f68617368223a2230303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303165222c22726561736f6e223a22626563617573655c75303031625b324a206f6620c3a9e280ae222c22726571756573746572223a22756964203330206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303033222c227370616e5f6964223a2230303030303030303030303030303165222c2274726163655f6964223a223030303030303030303030303030303030303030303030303030303030303165222c2274726967676572223a22706572736f6e227d', '\x22e503d7db4b321d8b8810c331fed8711a5bbc5ea0889c3deac6e686f4fa1c28', 1795680030037037, 'rotation', NULL, 'entity:7d2e3179-f69b', 'uid 30 on web1 🔒 "quoted" 
 (asserted)', 'person', '20261122T201400Z-00000003', NULL, '0000000000000000000000000000001e', '2026-11-26 10:51:25.635689+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (31, '\x7b22616374696f6e223a227374616765222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c22756964223a33317d2c226174223a22323032362d31312d32365430383a30303a33312e3033383237313537375a222c2265706f6368223a322c22666f726d6174223a322c226f7574636f6d65223a22696e5f646f756274222c227068617365223a226f7574636f6d65222c22726571756573745f696473223a5b2230303030303031662d396231662d346335652d386135372d303030303030303030303030225d2c22726571756573746572223a22756964203331206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303033222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a33312c22746f223a33327d7d7d', '\x8b541ca32cb862734f0895dc99cd7ef5a8b676d71039e68c3103378031333a08', 1795680031038271, 'stage', 'in_doubt', 'entity:7d2e3179-f69b', 'uid 31 on web1 🔒 "quoted" 
 (asserted)', NULL, '20261122T201400Z-00000003', NULL, NULL, '2026-11-26 10:51:25.635689+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (32, '\x7b22616374696f6e223a226170706c79222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c22756964223a33327d2c226174223a22323032362d31312d32365430383a30303a33322e3033393530363134345a222c22646972656374696f6e223a22666f7277617264222c2265706f6368223a322c22666f726d6174223a322c227068617365223a226576656e74222c22726571756573745f696473223a5b2230303030303032302d396231662d346335652d386135372d303030303030303030303030222c2230303030303032302d396231662d346335652d386135372d303030303030303030303031225d2c22726571756573746572223a22756964203332206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303034222c2273746570223a33322c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a33322c22746f223a33337d2c22504f5354475245535f50415353574f5244223a7b22746f223a33337d7d2c22746172676574223a2266696c652e656e76222c2274726967676572223a22706572736f6e227d', '\x9352a32d9ce985fe9039d1f2e8fd5f2b03aff871a3172cd47d222a6bff237b12', 1795680032039506, 'apply', NULL, 'entity:7d2e3179-f69b', 'uid 32 on web1 🔒 "quoted" 
 (asserted)', 'person', '20261122T201400Z-00000004', 'file.env', NULL, '2026-11-26 10:51:25.635689+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (33, '\x7b22616374696f6e223a2270726f6d6f7465222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c226e616d65223a2275736572706173732dc3a9222c22756964223a33337d2c226174223a22323032362d31312d32365430383a30303a33332e3034303734303731315a222c2265706f6368223a322c226572726f72223a22746865207365727665722069732061776179222c22666f726d6174223a322c227068617365223a22696e74656e74222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303034222c227370616e5f6964223a2230303030303030303030303030303231222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a33332c22746f223a33347d2c22504f5354475245535f50415353574f5244223a7b22746f223a33347d2c22efacb3223a7b2266726f6d223a33337d7d2c2274726163655f6964223a223030303030303030303030303030303030303030303030303030303030303231227d', '\xd10814a9b47a555b846adfe41656d9a1faf0ec7fcf5ad8645ecc776e033bd845', 1795680033040740, 'promote', NULL, 'entity:7d2e3179-f69b', NULL, NULL, '20261122T201400Z-00000004', NULL, '00000000000000000000000000000021', '2026-11-26 10:51:25.635689+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (34, '\x7b22616374696f6e223a22696d706f7274222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226174223a22323032362d31312d32365430383a30303a33342e3034313937353237385a222c2265706f6368223a322c22666f726d6174223a322c226f7574636f6d65223a2272656675736564222c227068617365223a226f7574636f6d65222c22726571756573745f696473223a5b2230303030303032322d396231662d346335652d386135372d303030303030303030303030225d2c22726571756573746572223a22756964203334206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303034222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a33342c22746f223a33357d2c22504f5354475245535f50415353574f5244223a7b22746f223a33357d2c22f09f9882223a7b2266726f6d223a33342c22746f223a33357d2c22efacb3223a7b2266726f6d223a33347d7d2c2274726967676572223a22706572736f6e227d', '\xb937485dd4c5d72ff62a25adc0e5a621e05c3da32aea841bac526c70792b67fd', 1795680034041975, 'import', 'refused', 'entity:7d2e3179-f69b', 'uid 34 on web1 🔒 "quoted" 
 (asserted)', 'person', '20261122T201400Z-00000004', NULL, NULL, '2026-11-26 10:51:25.635689+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (35, '\x7b22616374696f6e223a22726f746174696f6e222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c227375646f5f756964223a313030302c22756964223a33357d2c226174223a22323032362d31312d32365430383a30303a33352e3034333230393834355a222c2265706f6368223a322c22666f726d6174223a322c227068617365223a226576656e74222c22706c616e5f68617368223a2230303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303233222c22726571756573745f696473223a5b2230303030303032332d396231662d346335652d386135372d303030303030303030303030222c2230303030303032332d396231662d346335652d386135372d303030303030303030303031225d2c22726571756573746572223a22756964203335206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429227d', '\xee6fc88902f1723bdea0e57266c07790f4cf936d01894f5ab56023113b18e790', 1795680035043209, 'rotation', NULL, 'entity:7d2e3179-f69b', 'uid 35 on web1 🔒 "quoted" 
 (asserted)', NULL, NULL, NULL, NULL, '2026-11-26 10:51:25.639298+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (36, '\x7b22616374696f6e223a227374616765222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c226e616d65223a2275736572706173732dc3a9222c22756964223a33367d2c226174223a22323032362d31312d32365430383a30303a33362e3034343434343431325a222c2264657461696c223a7b226e6f746573223a5b33362c2d33362c6e756c6c2c747275652c2278225d2c22706c616e223a7b2261223a5b5d2c2262223a7b7d7d7d2c2265706f6368223a322c22666f726d6174223a322c227068617365223a22696e74656e74222c22726561736f6e223a22626563617573655c75303031625b324a206f6620c3a9e280ae222c22726571756573746572223a22756964203336206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303034222c227370616e5f6964223a2230303030303030303030303030303234222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a33362c22746f223a33377d7d2c2274726163655f6964223a223030303030303030303030303030303030303030303030303030303030303234222c2274726967676572223a22706572736f6e227d', '\x752a0c906bab3e8eaad326a6b5879202502ed553e01f2304bacab433f1c18958', 1795680036044444, 'stage', NULL, 'entity:7d2e3179-f69b', 'uid 36 on web1 🔒 "quoted" 
 (asserted)', 'person', '20261122T201400Z-00000004', NULL, '00000000000000000000000000000024', '2026-11-26 10:51:25.639298+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (37, '\x7b22616374696f6e223a226170706c79222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c22756964223a33377d2c226174223a22323032362d31312d32365430383a30303a33372e3034353637383937395a222c22646972656374696f6e223a226261636b222c2265706f6368223a322c22666f726d6174223a322c226f7574636f6d65223a226661696c6564222c227068617365223a226f7574636f6d65222c22726571756573745f696473223a5b2230303030303032352d396231662d346335652d386135372d303030303030303030303030225d2c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303034222c2273746570223a33372c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a33372c22746f223a33387d2c22504f5354475245535f50415353574f5244223a7b22746f223a33387d7d2c22746172676574223a2266696c652e656e76227d', '\x217f74c1cdba1a55d3544d3b96936fb3ee9899e4381ce577fa3f1f9aaecfe53e', 1795680037045678, 'apply', 'failed', 'entity:7d2e3179-f69b', NULL, NULL, '20261122T201400Z-00000004', 'file.env', NULL, '2026-11-26 10:51:25.639298+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (38, '\x7b22616374696f6e223a2270726f6d6f7465222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226174223a22323032362d31312d32365430383a30303a33382e3034363931333534365a222c2265706f6368223a322c22666f726d6174223a322c227068617365223a226576656e74222c22726571756573745f696473223a5b2230303030303032362d396231662d346335652d386135372d303030303030303030303030222c2230303030303032362d396231662d346335652d386135372d303030303030303030303031225d2c22726571756573746572223a22756964203338206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303034222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a33382c22746f223a33397d2c22504f5354475245535f50415353574f5244223a7b22746f223a33397d2c22efacb3223a7b2266726f6d223a33387d7d2c2274726967676572223a22706572736f6e227d', '\x6e030498ee659841446096aa43a489bb86fc2a2f1935f098b1ea54d783c6812f', 1795680038046913, 'promote', NULL, 'entity:7d2e3179-f69b', 'uid 38 on web1 🔒 "quoted" 
 (asserted)', 'person', '20261122T201400Z-00000004', NULL, NULL, '2026-11-26 10:51:25.639298+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (39, '\x7b22616374696f6e223a22696d706f7274222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c226e616d65223a2275736572706173732dc3a9222c22756964223a33397d2c226174223a22323032362d31312d32365430383a30303a33392e3034383134383131335a222c2265706f6368223a322c22666f726d6174223a322c227068617365223a22696e74656e74222c22726571756573746572223a22756964203339206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303034222c227370616e5f6964223a2230303030303030303030303030303237222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a33392c22746f223a34307d2c22504f5354475245535f50415353574f5244223a7b22746f223a34307d2c22f09f9882223a7b2266726f6d223a33392c22746f223a34307d2c22efacb3223a7b2266726f6d223a33397d7d2c2274726163655f6964223a223030303030303030303030303030303030303030303030303030303030303237227d', '\xb1fc7fb2546330a9bf9a6aeb190153a59aeee8d0e7c899e8e02e1cbecb118495', 1795680039048148, 'import', NULL, 'entity:7d2e3179-f69b', 'uid 39 on web1 🔒 "quoted" 
 (asserted)', NULL, '20261122T201400Z-00000004', NULL, '00000000000000000000000000000027', '2026-11-26 10:51:25.639298+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (40, '\x7b22616374696f6e223a226c65617365222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c227375646f5f756964223a313030302c22756964223a34307d2c226174223a22323032362d31312d32365430383a30303a34302e30343933383236385a222c2265706f6368223a332c22666f726d6174223a322c227068617365223a226576656e74222c22706c616e5f68617368223a2230303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303238222c22726571756573745f696473223a5b2230303030303032382d396231662d346335652d386135372d303030303030303030303030225d2c22726571756573746572223a22756964203430206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303035222c2274726967676572223a22706572736f6e227d', '\xf04454e2b6c3a710b8ea416ad16dd917555d27537e7e8ad576e82beb3967a6ff', 1795680040049382, 'lease', NULL, 'entity:7d2e3179-f69b', 'uid 40 on web1 🔒 "quoted" 
 (asserted)', 'person', '20261122T201400Z-00000005', NULL, NULL, '2026-11-26 10:51:25.639298+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (41, '\x7b22616374696f6e223a227374616765222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c22756964223a34317d2c226174223a22323032362d31312d32365430383a30303a34312e3035303631373234375a222c2265706f6368223a332c226572726f72223a22746865207365727665722069732061776179222c22666f726d6174223a322c227068617365223a226576656e74222c22726571756573745f696473223a5b2230303030303032392d396231662d346335652d386135372d303030303030303030303030222c2230303030303032392d396231662d346335652d386135372d303030303030303030303031225d2c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303035222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a34312c22746f223a34327d7d7d', '\x6a2a060c9d694d8a4e823b4fb73b7b644e3abfb5401256b587d23b432215098f', 1795680041050617, 'stage', NULL, 'entity:7d2e3179-f69b', NULL, NULL, '20261122T201400Z-00000005', NULL, NULL, '2026-11-26 10:51:25.639298+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (42, '\x7b22616374696f6e223a226170706c79222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226174223a22323032362d31312d32365430383a30303a34322e3035313835313831345a222c22646972656374696f6e223a22666f7277617264222c2265706f6368223a332c22666f726d6174223a322c227068617365223a22696e74656e74222c22726561736f6e223a22626563617573655c75303031625b324a206f6620c3a9e280ae222c22726571756573746572223a22756964203432206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c227370616e5f6964223a2230303030303030303030303030303261222c2273746570223a34322c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a34322c22746f223a34337d2c22504f5354475245535f50415353574f5244223a7b22746f223a34337d7d2c22746172676574223a2266696c652e656e76222c2274726163655f6964223a223030303030303030303030303030303030303030303030303030303030303261222c2274726967676572223a22706572736f6e227d', '\xf86cde014582a2f3ee73e59e7158751d3bb353be64eddcaba99e7431f381667f', 1795680042051851, 'apply', NULL, 'entity:7d2e3179-f69b', 'uid 42 on web1 🔒 "quoted" 
 (asserted)', 'person', NULL, 'file.env', '0000000000000000000000000000002a', '2026-11-26 10:51:25.644914+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (43, '\x7b22616374696f6e223a2270726f6d6f7465222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c22756964223a34337d2c226174223a22323032362d31312d32365430383a30303a34332e3035333038363338315a222c2265706f6368223a332c22666f726d6174223a322c226f7574636f6d65223a22696e5f646f756274222c227068617365223a226f7574636f6d65222c22726571756573745f696473223a5b2230303030303032622d396231662d346335652d386135372d303030303030303030303030225d2c22726571756573746572223a22756964203433206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303035222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a34332c22746f223a34347d2c22504f5354475245535f50415353574f5244223a7b22746f223a34347d2c22efacb3223a7b2266726f6d223a34337d7d7d', '\xf60652e37effc21409e04116fa43b764d220c57258dc585f1eb8d33c2c4bde30', 1795680043053086, 'promote', 'in_doubt', 'entity:7d2e3179-f69b', 'uid 43 on web1 🔒 "quoted" 
 (asserted)', NULL, '20261122T201400Z-00000005', NULL, NULL, '2026-11-26 10:51:25.644914+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (44, '\x7b22616374696f6e223a22696d706f7274222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c22756964223a34347d2c226174223a22323032362d31312d32365430383a30303a34342e3035343332303934385a222c2265706f6368223a332c22666f726d6174223a322c227068617365223a226576656e74222c22726571756573745f696473223a5b2230303030303032632d396231662d346335652d386135372d303030303030303030303030222c2230303030303032632d396231662d346335652d386135372d303030303030303030303031225d2c22726571756573746572223a22756964203434206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303035222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a34342c22746f223a34357d2c22504f5354475245535f50415353574f5244223a7b22746f223a34357d2c22f09f9882223a7b2266726f6d223a34342c22746f223a34357d2c22efacb3223a7b2266726f6d223a34347d7d2c2274726967676572223a22706572736f6e227d', '\x85af7d130e563e4146b6bfec1e8d57d98b4b2f17737b9d679431cad42cceefb1', 1795680044054320, 'import', NULL, 'entity:7d2e3179-f69b', 'uid 44 on web1 🔒 "quoted" 
 (asserted)', 'person', '20261122T201400Z-00000005', NULL, NULL, '2026-11-26 10:51:25.644914+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (45, '\x7b22616374696f6e223a22726f746174696f6e222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c226e616d65223a2275736572706173732dc3a9222c227375646f5f756964223a313030302c22756964223a34357d2c226174223a22323032362d31312d32365430383a30303a34352e3035353535353531355a222c2264657461696c223a7b226e6f746573223a5b34352c2d34352c6e756c6c2c747275652c2278225d2c22706c616e223a7b2261223a5b5d2c2262223a7b7d7d7d2c2265706f6368223a332c22666f726d6174223a322c227068617365223a22696e74656e74222c22706c616e5f68617368223a2230303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303264222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303035222c227370616e5f6964223a2230303030303030303030303030303264222c2274726163655f6964223a223030303030303030303030303030303030303030303030303030303030303264227d', '\x2dd06ab89e9bce355c053e3c09f349345d5e1f53de476e234545f776fe40cd72', 1795680045055555, 'rotation', NULL, 'entity:7d2e3179-f69b', NULL, NULL, '20261122T201400Z-00000005', NULL, '0000000000000000000000000000002d', '2026-11-26 10:51:25.644914+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (46, '\x7b22616374696f6e223a227374616765222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226174223a22323032362d31312d32365430383a30303a34362e3035363739303038325a222c2265706f6368223a332c22666f726d6174223a322c226f7574636f6d65223a2272656675736564222c227068617365223a226f7574636f6d65222c22726571756573745f696473223a5b2230303030303032652d396231662d346335652d386135372d303030303030303030303030225d2c22726571756573746572223a22756964203436206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303035222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a34362c22746f223a34377d7d2c2274726967676572223a22706572736f6e227d', '\xfe5fb6401ccaaff63a0c31df32c285b98cc2e16753f767323eece9ba0b03b6ac', 1795680046056790, 'stage', 'refused', 'entity:7d2e3179-f69b', 'uid 46 on web1 🔒 "quoted" 
 (asserted)', 'person', '20261122T201400Z-00000005', NULL, NULL, '2026-11-26 10:51:25.644914+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (47, '\x7b22616374696f6e223a226170706c79222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c22756964223a34377d2c226174223a22323032362d31312d32365430383a30303a34372e3035383032343634395a222c22646972656374696f6e223a226261636b222c2265706f6368223a332c22666f726d6174223a322c227068617365223a226576656e74222c22726571756573745f696473223a5b2230303030303032662d396231662d346335652d386135372d303030303030303030303030222c2230303030303032662d396231662d346335652d386135372d303030303030303030303031225d2c22726571756573746572223a22756964203437206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303035222c2273746570223a34372c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a34372c22746f223a34387d2c22504f5354475245535f50415353574f5244223a7b22746f223a34387d7d2c22746172676574223a2266696c652e656e76227d', '\x7eaf459bb0242ae9e92b8b0646a8317180a389ae87763ec598dcef8a89f92e0b', 1795680047058024, 'apply', NULL, 'entity:7d2e3179-f69b', 'uid 47 on web1 🔒 "quoted" 
 (asserted)', NULL, '20261122T201400Z-00000005', 'file.env', NULL, '2026-11-26 10:51:25.644914+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (48, '\x7b22616374696f6e223a2270726f6d6f7465222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c226e616d65223a2275736572706173732dc3a9222c22756964223a34387d2c226174223a22323032362d31312d32365430383a30303a34382e3035393235393231365a222c2265706f6368223a332c22666f726d6174223a322c227068617365223a22696e74656e74222c22726561736f6e223a22626563617573655c75303031625b324a206f6620c3a9e280ae222c22726571756573746572223a22756964203438206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303036222c227370616e5f6964223a2230303030303030303030303030303330222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a34382c22746f223a34397d2c22504f5354475245535f50415353574f5244223a7b22746f223a34397d2c22efacb3223a7b2266726f6d223a34387d7d2c2274726163655f6964223a223030303030303030303030303030303030303030303030303030303030303330222c2274726967676572223a22706572736f6e227d', '\x064860ec256f3f12e7b61d683f46ca58f01cb0a4883ca2148f76b57ea05cf2d6', 1795680048059259, 'promote', NULL, 'entity:7d2e3179-f69b', 'uid 48 on web1 🔒 "quoted" 
 (asserted)', 'person', '20261122T201400Z-00000006', NULL, '00000000000000000000000000000030', '2026-11-26 10:51:25.644914+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (49, '\x7b22616374696f6e223a22696d706f7274222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c22756964223a34397d2c226174223a22323032362d31312d32365430383a30303a34392e3036303439333738335a222c2265706f6368223a332c226572726f72223a22746865207365727665722069732061776179222c22666f726d6174223a322c226f7574636f6d65223a226661696c6564222c227068617365223a226f7574636f6d65222c22726571756573745f696473223a5b2230303030303033312d396231662d346335652d386135372d303030303030303030303030225d2c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a34392c22746f223a35307d2c22504f5354475245535f50415353574f5244223a7b22746f223a35307d2c22f09f9882223a7b2266726f6d223a34392c22746f223a35307d2c22efacb3223a7b2266726f6d223a34397d7d7d', '\x803793ba0e499d84a9aace081cd62efd42880b9d1145694542a69c67348876f1', 1795680049060493, 'import', 'failed', 'entity:7d2e3179-f69b', NULL, NULL, NULL, NULL, NULL, '2026-11-26 10:51:25.651925+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (50, '\x7b22616374696f6e223a22726f746174696f6e222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226174223a22323032362d31312d32365430383a30303a35302e30363137323833355a222c2265706f6368223a332c22666f726d6174223a322c227068617365223a226576656e74222c22706c616e5f68617368223a2230303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303332222c22726571756573745f696473223a5b2230303030303033322d396231662d346335652d386135372d303030303030303030303030222c2230303030303033322d396231662d346335652d386135372d303030303030303030303031225d2c22726571756573746572223a22756964203530206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303036222c2274726967676572223a22706572736f6e227d', '\xc5f431ea28a9afac4705602f153126bbce52dbcb491afca881ae03635e251aa0', 1795680050061728, 'rotation', NULL, 'entity:7d2e3179-f69b', 'uid 50 on web1 🔒 "quoted" 
 (asserted)', 'person', '20261122T201400Z-00000006', NULL, NULL, '2026-11-26 10:51:25.651925+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (51, '\x7b22616374696f6e223a227374616765222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c226e616d65223a2275736572706173732dc3a9222c22756964223a35317d2c226174223a22323032362d31312d32365430383a30303a35312e3036323936323931375a222c2265706f6368223a332c22666f726d6174223a322c227068617365223a22696e74656e74222c22726571756573746572223a22756964203531206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303036222c227370616e5f6964223a2230303030303030303030303030303333222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a35312c22746f223a35327d7d2c2274726163655f6964223a223030303030303030303030303030303030303030303030303030303030303333227d', '\x7e88702a2e3a15b621a6ec76ebc4163f9a93ba545a999e33aca5d2b316fd5ade', 1795680051062962, 'stage', NULL, 'entity:7d2e3179-f69b', 'uid 51 on web1 🔒 "quoted" 
 (asserted)', NULL, '20261122T201400Z-00000006', NULL, '00000000000000000000000000000033', '2026-11-26 10:51:25.651925+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (52, '\x7b22616374696f6e223a226170706c79222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c22756964223a35327d2c226174223a22323032362d31312d32365430383a30303a35322e3036343139373438345a222c22646972656374696f6e223a22666f7277617264222c2265706f6368223a332c22666f726d6174223a322c226f7574636f6d65223a22646f6e65222c227068617365223a226f7574636f6d65222c22726571756573745f696473223a5b2230303030303033342d396231662d346335652d386135372d303030303030303030303030225d2c22726571756573746572223a22756964203532206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303036222c2273746570223a35322c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a35322c22746f223a35337d2c22504f5354475245535f50415353574f5244223a7b22746f223a35337d7d2c22746172676574223a2266696c652e656e76222c2274726967676572223a22706572736f6e227d', '\xc5f10ea931d50b256b3dc71ecbea2d4ef53f5e3114ecd8ecdc525d082ca39709', 1795680052064197, 'apply', 'done', 'entity:7d2e3179-f69b', 'uid 52 on web1 🔒 "quoted" 
 (asserted)', 'person', '20261122T201400Z-00000006', 'file.env', NULL, '2026-11-26 10:51:25.651925+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (53, '\x7b22616374696f6e223a2270726f6d6f7465222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c22756964223a35337d2c226174223a22323032362d31312d32365430383a30303a35332e3036353433323035315a222c2265706f6368223a332c22666f726d6174223a322c227068617365223a226576656e74222c22726571756573745f696473223a5b2230303030303033352d396231662d346335652d386135372d303030303030303030303030222c2230303030303033352d396231662d346335652d386135372d303030303030303030303031225d2c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303036222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a35332c22746f223a35347d2c22504f5354475245535f50415353574f5244223a7b22746f223a35347d2c22efacb3223a7b2266726f6d223a35337d7d7d', '\x9311f52b8fda019550a9dfd9a7ef8f5cd3f80d170394e84934ae1338dd7c3b74', 1795680053065432, 'promote', NULL, 'entity:7d2e3179-f69b', NULL, NULL, '20261122T201400Z-00000006', NULL, NULL, '2026-11-26 10:51:25.651925+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (54, '\x7b22616374696f6e223a22696d706f7274222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226174223a22323032362d31312d32365430383a30303a35342e3036363636363631385a222c2264657461696c223a7b226e6f746573223a5b35342c2d35342c6e756c6c2c747275652c2278225d2c22706c616e223a7b2261223a5b5d2c2262223a7b7d7d7d2c2265706f6368223a332c22666f726d6174223a322c227068617365223a22696e74656e74222c22726561736f6e223a22626563617573655c75303031625b324a206f6620c3a9e280ae222c22726571756573746572223a22756964203534206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303036222c227370616e5f6964223a2230303030303030303030303030303336222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a35342c22746f223a35357d2c22504f5354475245535f50415353574f5244223a7b22746f223a35357d2c22f09f9882223a7b2266726f6d223a35342c22746f223a35357d2c22efacb3223a7b2266726f6d223a35347d7d2c2274726163655f6964223a223030303030303030303030303030303030303030303030303030303030303336222c2274726967676572223a22706572736f6e227d', '\xfe9b97aceed4bcb5c5fec44baaada6fc0d2f5c5ce6fa5321b69d62d1214bd6e3', 1795680054066666, 'import', NULL, 'entity:7d2e3179-f69b', 'uid 54 on web1 🔒 "quoted" 
 (asserted)', 'person', '20261122T201400Z-00000006', NULL, '00000000000000000000000000000036', '2026-11-26 10:51:25.651925+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (55, '\x7b22616374696f6e223a22726f746174696f6e222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c227375646f5f756964223a313030302c22756964223a35357d2c226174223a22323032362d31312d32365430383a30303a35352e3036373930313138355a222c2265706f6368223a332c22666f726d6174223a322c226f7574636f6d65223a22696e5f646f756274222c227068617365223a226f7574636f6d65222c22706c616e5f68617368223a2230303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303337222c22726571756573745f696473223a5b2230303030303033372d396231662d346335652d386135372d303030303030303030303030225d2c22726571756573746572223a22756964203535206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303036227d', '\x83dce2fda442ee57b53a6053d59f39c034ae928762ece2b04e292ec80132e8ab', 1795680055067901, 'rotation', 'in_doubt', 'entity:7d2e3179-f69b', 'uid 55 on web1 🔒 "quoted" 
 (asserted)', NULL, '20261122T201400Z-00000006', NULL, NULL, '2026-11-26 10:51:25.651925+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (57, '\x7b22616374696f6e223a226170706c79222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c226e616d65223a2275736572706173732dc3a9222c22756964223a35377d2c226174223a22323032362d31312d32365430383a30303a35372e3037303337303331395a222c22646972656374696f6e223a226261636b222c2265706f6368223a332c226572726f72223a22746865207365727665722069732061776179222c22666f726d6174223a322c227068617365223a22696e74656e74222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303037222c227370616e5f6964223a2230303030303030303030303030303339222c2273746570223a35372c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a35372c22746f223a35387d2c22504f5354475245535f50415353574f5244223a7b22746f223a35387d7d2c22746172676574223a2266696c652e656e76222c2274726163655f6964223a223030303030303030303030303030303030303030303030303030303030303339227d', '\x9981888436453e5224c64d8e07bc02b158dfe530d6424a12f91419af00602761', 1795680057070370, 'apply', NULL, 'entity:7d2e3179-f69b', NULL, NULL, '20261122T201400Z-00000007', 'file.env', '00000000000000000000000000000039', '2026-11-26 10:51:25.655776+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (58, '\x7b22616374696f6e223a2270726f6d6f7465222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226174223a22323032362d31312d32365430383a30303a35382e3037313630343838365a222c2265706f6368223a332c22666f726d6174223a322c226f7574636f6d65223a2272656675736564222c227068617365223a226f7574636f6d65222c22726571756573745f696473223a5b2230303030303033612d396231662d346335652d386135372d303030303030303030303030225d2c22726571756573746572223a22756964203538206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303037222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a35382c22746f223a35397d2c22504f5354475245535f50415353574f5244223a7b22746f223a35397d2c22efacb3223a7b2266726f6d223a35387d7d2c2274726967676572223a22706572736f6e227d', '\x841b225ae626495d86644985e316cdd14d848a0029077487d13a2a947f121967', 1795680058071604, 'promote', 'refused', 'entity:7d2e3179-f69b', 'uid 58 on web1 🔒 "quoted" 
 (asserted)', 'person', '20261122T201400Z-00000007', NULL, NULL, '2026-11-26 10:51:25.655776+00', 'postgres');
INSERT INTO turnlock.entries_2026_11 VALUES (59, '\x7b22616374696f6e223a22696d706f7274222c226163746f72223a22656e746974793a37643265333137392d66363962222c226167656e74223a227475726e6c6f636b2f302e312e30222c226173736572746564223a7b22686f7374223a2277656231222c22756964223a35397d2c226174223a22323032362d31312d32365430383a30303a35392e3037323833393435335a222c2265706f6368223a332c22666f726d6174223a322c227068617365223a226576656e74222c22726571756573745f696473223a5b2230303030303033622d396231662d346335652d386135372d303030303030303030303030222c2230303030303033622d396231662d346335652d386135372d303030303030303030303031225d2c22726571756573746572223a22756964203539206f6e207765623120f09f9492205c2271756f7465645c22205c6e2028617373657274656429222c22726f746174696f6e223a223230323631313232543230313430305a2d3030303030303037222c227375626a65637473223a7b224a57545f534543524554223a7b2266726f6d223a35392c22746f223a36307d2c22504f5354475245535f50415353574f5244223a7b22746f223a36307d2c22f09f9882223a7b2266726f6d223a35392c22746f223a36307d2c22efacb3223a7b2266726f6d223a35397d7d7d', '\xc317f6eb396defe82232e414fec332f4d591548fbb761ee36a0848b5545d9eef', 1795680059072839, 'import', NULL, 'entity:7d2e3179-f69b', 'uid 59 on web1 🔒 "quoted" 
 (asserted)', NULL, '20261122T201400Z-00000007', NULL, NULL, '2026-11-26 10:51:25.655776+00', 'postgres');


--
-- Data for Name: entries_2026_12; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--



--
-- Data for Name: entries_2027_01; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--



--
-- Data for Name: entries_2027_02; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--



--
-- Data for Name: entries_2027_03; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--



--
-- Data for Name: entries_2027_04; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--



--
-- Data for Name: entries_2027_05; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--



--
-- Data for Name: entries_2027_06; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--



--
-- Data for Name: entries_2027_07; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--



--
-- Data for Name: entries_2027_08; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--



--
-- Data for Name: entries_2027_09; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--



--
-- Data for Name: entries_2027_10; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--



--
-- Data for Name: entries_2027_11; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--



--
-- Data for Name: head; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--

INSERT INTO turnlock.head VALUES (0, 1, 60, '\x1868ca8328fcba57405c47d7e42d2f77090c2905885333204493a11eeba85ab3', '{"\\x4702640122b031130dc7ed84893e6140a4f464a4415d47167e0a20b102ea0e27","\\xb15433b7017fabf1301c909e32e305a6589f48c1e033c74283e43dbb59b4a358","\\x0d84eda817d6cc33b76c0eca62108d48156d264466d06c22a0194c71a595bb6a","\\xb51b055df69e6fed3ffed7f23d73ed7d71d62c98a3eeae948710c655c7229cc5"}', 3, '2026-11-26 10:51:25.655776+00', '2027-12-01 00:00:00+00');


--
-- Data for Name: subjects_2026_11; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--

INSERT INTO turnlock.subjects_2026_11 VALUES (3, 'JWT_SECRET', 3, '2026-11-26 10:51:25.616887+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (2, 'JWT_SECRET', 2, '2026-11-26 10:51:25.616887+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (3, 'דּ', 3, '2026-11-26 10:51:25.616887+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (4, '😂', 4, '2026-11-26 10:51:25.616887+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (1, 'JWT_SECRET', 1, '2026-11-26 10:51:25.616887+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (4, 'דּ', 4, '2026-11-26 10:51:25.616887+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (2, 'POSTGRES_PASSWORD', 3, '2026-11-26 10:51:25.616887+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (1, 'JWT_SECRET', 2, '2026-11-26 10:51:25.616887+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (6, 'JWT_SECRET', 6, '2026-11-26 10:51:25.616887+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (6, 'JWT_SECRET', 7, '2026-11-26 10:51:25.616887+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (4, '😂', 5, '2026-11-26 10:51:25.616887+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (4, 'JWT_SECRET', 4, '2026-11-26 10:51:25.616887+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (4, 'JWT_SECRET', 5, '2026-11-26 10:51:25.616887+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (3, 'POSTGRES_PASSWORD', 4, '2026-11-26 10:51:25.616887+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (2, 'JWT_SECRET', 3, '2026-11-26 10:51:25.616887+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (4, 'POSTGRES_PASSWORD', 5, '2026-11-26 10:51:25.616887+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (3, 'JWT_SECRET', 4, '2026-11-26 10:51:25.616887+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (12, 'JWT_SECRET', 12, '2026-11-26 10:51:25.624662+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (9, 'JWT_SECRET', 9, '2026-11-26 10:51:25.624662+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (7, 'JWT_SECRET', 8, '2026-11-26 10:51:25.624662+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (9, '😂', 9, '2026-11-26 10:51:25.624662+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (13, 'JWT_SECRET', 13, '2026-11-26 10:51:25.624662+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (11, 'JWT_SECRET', 12, '2026-11-26 10:51:25.624662+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (7, 'POSTGRES_PASSWORD', 8, '2026-11-26 10:51:25.624662+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (13, 'JWT_SECRET', 14, '2026-11-26 10:51:25.624662+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (12, 'POSTGRES_PASSWORD', 13, '2026-11-26 10:51:25.624662+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (8, 'דּ', 8, '2026-11-26 10:51:25.624662+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (9, 'JWT_SECRET', 10, '2026-11-26 10:51:25.624662+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (9, 'POSTGRES_PASSWORD', 10, '2026-11-26 10:51:25.624662+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (12, 'JWT_SECRET', 13, '2026-11-26 10:51:25.624662+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (13, 'דּ', 13, '2026-11-26 10:51:25.624662+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (9, 'דּ', 9, '2026-11-26 10:51:25.624662+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (13, 'POSTGRES_PASSWORD', 14, '2026-11-26 10:51:25.624662+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (8, 'JWT_SECRET', 8, '2026-11-26 10:51:25.624662+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (8, 'JWT_SECRET', 9, '2026-11-26 10:51:25.624662+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (8, 'POSTGRES_PASSWORD', 9, '2026-11-26 10:51:25.624662+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (11, 'JWT_SECRET', 11, '2026-11-26 10:51:25.624662+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (9, '😂', 10, '2026-11-26 10:51:25.624662+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (7, 'JWT_SECRET', 7, '2026-11-26 10:51:25.624662+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (19, 'דּ', 19, '2026-11-26 10:51:25.627845+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (14, 'JWT_SECRET', 15, '2026-11-26 10:51:25.627845+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (14, 'דּ', 14, '2026-11-26 10:51:25.627845+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (19, 'JWT_SECRET', 20, '2026-11-26 10:51:25.627845+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (18, 'POSTGRES_PASSWORD', 19, '2026-11-26 10:51:25.627845+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (17, 'JWT_SECRET', 18, '2026-11-26 10:51:25.627845+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (14, '😂', 14, '2026-11-26 10:51:25.627845+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (19, '😂', 19, '2026-11-26 10:51:25.627845+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (18, 'דּ', 18, '2026-11-26 10:51:25.627845+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (14, 'JWT_SECRET', 14, '2026-11-26 10:51:25.627845+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (17, 'POSTGRES_PASSWORD', 18, '2026-11-26 10:51:25.627845+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (14, 'POSTGRES_PASSWORD', 15, '2026-11-26 10:51:25.627845+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (17, 'JWT_SECRET', 17, '2026-11-26 10:51:25.627845+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (14, '😂', 15, '2026-11-26 10:51:25.627845+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (18, 'JWT_SECRET', 18, '2026-11-26 10:51:25.627845+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (16, 'JWT_SECRET', 17, '2026-11-26 10:51:25.627845+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (19, '😂', 20, '2026-11-26 10:51:25.627845+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (19, 'POSTGRES_PASSWORD', 20, '2026-11-26 10:51:25.627845+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (19, 'JWT_SECRET', 19, '2026-11-26 10:51:25.627845+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (18, 'JWT_SECRET', 19, '2026-11-26 10:51:25.627845+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (16, 'JWT_SECRET', 16, '2026-11-26 10:51:25.627845+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (24, 'דּ', 24, '2026-11-26 10:51:25.631101+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (21, 'JWT_SECRET', 22, '2026-11-26 10:51:25.631101+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (24, 'JWT_SECRET', 24, '2026-11-26 10:51:25.631101+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (27, 'POSTGRES_PASSWORD', 28, '2026-11-26 10:51:25.631101+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (24, '😂', 24, '2026-11-26 10:51:25.631101+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (23, 'דּ', 23, '2026-11-26 10:51:25.631101+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (23, 'JWT_SECRET', 23, '2026-11-26 10:51:25.631101+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (22, 'POSTGRES_PASSWORD', 23, '2026-11-26 10:51:25.631101+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (23, 'JWT_SECRET', 24, '2026-11-26 10:51:25.631101+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (24, 'JWT_SECRET', 25, '2026-11-26 10:51:25.631101+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (27, 'JWT_SECRET', 27, '2026-11-26 10:51:25.631101+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (24, 'POSTGRES_PASSWORD', 25, '2026-11-26 10:51:25.631101+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (27, 'JWT_SECRET', 28, '2026-11-26 10:51:25.631101+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (22, 'JWT_SECRET', 22, '2026-11-26 10:51:25.631101+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (24, '😂', 25, '2026-11-26 10:51:25.631101+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (26, 'JWT_SECRET', 27, '2026-11-26 10:51:25.631101+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (23, 'POSTGRES_PASSWORD', 24, '2026-11-26 10:51:25.631101+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (22, 'JWT_SECRET', 23, '2026-11-26 10:51:25.631101+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (26, 'JWT_SECRET', 26, '2026-11-26 10:51:25.631101+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (21, 'JWT_SECRET', 21, '2026-11-26 10:51:25.631101+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (34, '😂', 35, '2026-11-26 10:51:25.635689+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (29, 'POSTGRES_PASSWORD', 30, '2026-11-26 10:51:25.635689+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (34, 'דּ', 34, '2026-11-26 10:51:25.635689+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (29, '😂', 29, '2026-11-26 10:51:25.635689+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (28, 'JWT_SECRET', 29, '2026-11-26 10:51:25.635689+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (31, 'JWT_SECRET', 32, '2026-11-26 10:51:25.635689+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (29, '😂', 30, '2026-11-26 10:51:25.635689+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (34, 'POSTGRES_PASSWORD', 35, '2026-11-26 10:51:25.635689+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (32, 'JWT_SECRET', 32, '2026-11-26 10:51:25.635689+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (29, 'JWT_SECRET', 30, '2026-11-26 10:51:25.635689+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (33, 'JWT_SECRET', 34, '2026-11-26 10:51:25.635689+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (28, 'JWT_SECRET', 28, '2026-11-26 10:51:25.635689+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (33, 'JWT_SECRET', 33, '2026-11-26 10:51:25.635689+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (33, 'דּ', 33, '2026-11-26 10:51:25.635689+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (34, '😂', 34, '2026-11-26 10:51:25.635689+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (33, 'POSTGRES_PASSWORD', 34, '2026-11-26 10:51:25.635689+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (32, 'POSTGRES_PASSWORD', 33, '2026-11-26 10:51:25.635689+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (32, 'JWT_SECRET', 33, '2026-11-26 10:51:25.635689+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (31, 'JWT_SECRET', 31, '2026-11-26 10:51:25.635689+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (29, 'דּ', 29, '2026-11-26 10:51:25.635689+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (28, 'POSTGRES_PASSWORD', 29, '2026-11-26 10:51:25.635689+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (34, 'JWT_SECRET', 34, '2026-11-26 10:51:25.635689+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (28, 'דּ', 28, '2026-11-26 10:51:25.635689+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (34, 'JWT_SECRET', 35, '2026-11-26 10:51:25.635689+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (29, 'JWT_SECRET', 29, '2026-11-26 10:51:25.635689+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (37, 'POSTGRES_PASSWORD', 38, '2026-11-26 10:51:25.639298+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (38, 'POSTGRES_PASSWORD', 39, '2026-11-26 10:51:25.639298+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (39, 'JWT_SECRET', 40, '2026-11-26 10:51:25.639298+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (38, 'JWT_SECRET', 39, '2026-11-26 10:51:25.639298+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (36, 'JWT_SECRET', 37, '2026-11-26 10:51:25.639298+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (39, '😂', 40, '2026-11-26 10:51:25.639298+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (38, 'דּ', 38, '2026-11-26 10:51:25.639298+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (37, 'JWT_SECRET', 38, '2026-11-26 10:51:25.639298+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (38, 'JWT_SECRET', 38, '2026-11-26 10:51:25.639298+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (41, 'JWT_SECRET', 42, '2026-11-26 10:51:25.639298+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (37, 'JWT_SECRET', 37, '2026-11-26 10:51:25.639298+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (39, 'דּ', 39, '2026-11-26 10:51:25.639298+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (39, 'JWT_SECRET', 39, '2026-11-26 10:51:25.639298+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (39, '😂', 39, '2026-11-26 10:51:25.639298+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (39, 'POSTGRES_PASSWORD', 40, '2026-11-26 10:51:25.639298+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (36, 'JWT_SECRET', 36, '2026-11-26 10:51:25.639298+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (41, 'JWT_SECRET', 41, '2026-11-26 10:51:25.639298+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (42, 'POSTGRES_PASSWORD', 43, '2026-11-26 10:51:25.644914+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (47, 'JWT_SECRET', 47, '2026-11-26 10:51:25.644914+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (46, 'JWT_SECRET', 47, '2026-11-26 10:51:25.644914+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (44, 'JWT_SECRET', 45, '2026-11-26 10:51:25.644914+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (48, 'POSTGRES_PASSWORD', 49, '2026-11-26 10:51:25.644914+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (48, 'דּ', 48, '2026-11-26 10:51:25.644914+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (43, 'JWT_SECRET', 44, '2026-11-26 10:51:25.644914+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (42, 'JWT_SECRET', 43, '2026-11-26 10:51:25.644914+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (44, '😂', 44, '2026-11-26 10:51:25.644914+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (43, 'POSTGRES_PASSWORD', 44, '2026-11-26 10:51:25.644914+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (44, 'POSTGRES_PASSWORD', 45, '2026-11-26 10:51:25.644914+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (44, '😂', 45, '2026-11-26 10:51:25.644914+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (42, 'JWT_SECRET', 42, '2026-11-26 10:51:25.644914+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (43, 'דּ', 43, '2026-11-26 10:51:25.644914+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (44, 'JWT_SECRET', 44, '2026-11-26 10:51:25.644914+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (48, 'JWT_SECRET', 49, '2026-11-26 10:51:25.644914+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (46, 'JWT_SECRET', 46, '2026-11-26 10:51:25.644914+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (47, 'JWT_SECRET', 48, '2026-11-26 10:51:25.644914+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (47, 'POSTGRES_PASSWORD', 48, '2026-11-26 10:51:25.644914+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (44, 'דּ', 44, '2026-11-26 10:51:25.644914+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (43, 'JWT_SECRET', 43, '2026-11-26 10:51:25.644914+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (48, 'JWT_SECRET', 48, '2026-11-26 10:51:25.644914+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (52, 'POSTGRES_PASSWORD', 53, '2026-11-26 10:51:25.651925+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (53, 'דּ', 53, '2026-11-26 10:51:25.651925+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (49, 'POSTGRES_PASSWORD', 50, '2026-11-26 10:51:25.651925+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (53, 'JWT_SECRET', 53, '2026-11-26 10:51:25.651925+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (51, 'JWT_SECRET', 52, '2026-11-26 10:51:25.651925+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (52, 'JWT_SECRET', 52, '2026-11-26 10:51:25.651925+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (54, '😂', 54, '2026-11-26 10:51:25.651925+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (49, '😂', 50, '2026-11-26 10:51:25.651925+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (52, 'JWT_SECRET', 53, '2026-11-26 10:51:25.651925+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (54, '😂', 55, '2026-11-26 10:51:25.651925+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (53, 'POSTGRES_PASSWORD', 54, '2026-11-26 10:51:25.651925+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (49, '😂', 49, '2026-11-26 10:51:25.651925+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (49, 'JWT_SECRET', 50, '2026-11-26 10:51:25.651925+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (49, 'JWT_SECRET', 49, '2026-11-26 10:51:25.651925+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (54, 'JWT_SECRET', 55, '2026-11-26 10:51:25.651925+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (54, 'POSTGRES_PASSWORD', 55, '2026-11-26 10:51:25.651925+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (51, 'JWT_SECRET', 51, '2026-11-26 10:51:25.651925+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (54, 'JWT_SECRET', 54, '2026-11-26 10:51:25.651925+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (49, 'דּ', 49, '2026-11-26 10:51:25.651925+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (54, 'דּ', 54, '2026-11-26 10:51:25.651925+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (53, 'JWT_SECRET', 54, '2026-11-26 10:51:25.651925+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (58, 'JWT_SECRET', 59, '2026-11-26 10:51:25.655776+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (59, 'POSTGRES_PASSWORD', 60, '2026-11-26 10:51:25.655776+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (56, 'JWT_SECRET', 56, '2026-11-26 10:51:25.655776+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (58, 'POSTGRES_PASSWORD', 59, '2026-11-26 10:51:25.655776+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (59, '😂', 60, '2026-11-26 10:51:25.655776+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (58, 'JWT_SECRET', 58, '2026-11-26 10:51:25.655776+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (57, 'JWT_SECRET', 58, '2026-11-26 10:51:25.655776+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (56, 'JWT_SECRET', 57, '2026-11-26 10:51:25.655776+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (59, '😂', 59, '2026-11-26 10:51:25.655776+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (57, 'JWT_SECRET', 57, '2026-11-26 10:51:25.655776+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (59, 'JWT_SECRET', 60, '2026-11-26 10:51:25.655776+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (59, 'JWT_SECRET', 59, '2026-11-26 10:51:25.655776+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (59, 'דּ', 59, '2026-11-26 10:51:25.655776+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (57, 'POSTGRES_PASSWORD', 58, '2026-11-26 10:51:25.655776+00');
INSERT INTO turnlock.subjects_2026_11 VALUES (58, 'דּ', 58, '2026-11-26 10:51:25.655776+00');


--
-- Data for Name: subjects_2026_12; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--



--
-- Data for Name: subjects_2027_01; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--



--
-- Data for Name: subjects_2027_02; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--



--
-- Data for Name: subjects_2027_03; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--



--
-- Data for Name: subjects_2027_04; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--



--
-- Data for Name: subjects_2027_05; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--



--
-- Data for Name: subjects_2027_06; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--



--
-- Data for Name: subjects_2027_07; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--



--
-- Data for Name: subjects_2027_08; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--



--
-- Data for Name: subjects_2027_09; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--



--
-- Data for Name: subjects_2027_10; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--



--
-- Data for Name: subjects_2027_11; Type: TABLE DATA; Schema: turnlock; Owner: golden_audit_owner
--



--
-- Name: entries entries_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries
    ADD CONSTRAINT entries_pkey PRIMARY KEY (seq, recorded_at);


--
-- Name: entries_2026_11 entries_2026_11_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries_2026_11
    ADD CONSTRAINT entries_2026_11_pkey PRIMARY KEY (seq, recorded_at);


--
-- Name: entries_2026_12 entries_2026_12_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries_2026_12
    ADD CONSTRAINT entries_2026_12_pkey PRIMARY KEY (seq, recorded_at);


--
-- Name: entries_2027_01 entries_2027_01_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries_2027_01
    ADD CONSTRAINT entries_2027_01_pkey PRIMARY KEY (seq, recorded_at);


--
-- Name: entries_2027_02 entries_2027_02_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries_2027_02
    ADD CONSTRAINT entries_2027_02_pkey PRIMARY KEY (seq, recorded_at);


--
-- Name: entries_2027_03 entries_2027_03_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries_2027_03
    ADD CONSTRAINT entries_2027_03_pkey PRIMARY KEY (seq, recorded_at);


--
-- Name: entries_2027_04 entries_2027_04_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries_2027_04
    ADD CONSTRAINT entries_2027_04_pkey PRIMARY KEY (seq, recorded_at);


--
-- Name: entries_2027_05 entries_2027_05_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries_2027_05
    ADD CONSTRAINT entries_2027_05_pkey PRIMARY KEY (seq, recorded_at);


--
-- Name: entries_2027_06 entries_2027_06_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries_2027_06
    ADD CONSTRAINT entries_2027_06_pkey PRIMARY KEY (seq, recorded_at);


--
-- Name: entries_2027_07 entries_2027_07_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries_2027_07
    ADD CONSTRAINT entries_2027_07_pkey PRIMARY KEY (seq, recorded_at);


--
-- Name: entries_2027_08 entries_2027_08_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries_2027_08
    ADD CONSTRAINT entries_2027_08_pkey PRIMARY KEY (seq, recorded_at);


--
-- Name: entries_2027_09 entries_2027_09_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries_2027_09
    ADD CONSTRAINT entries_2027_09_pkey PRIMARY KEY (seq, recorded_at);


--
-- Name: entries_2027_10 entries_2027_10_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries_2027_10
    ADD CONSTRAINT entries_2027_10_pkey PRIMARY KEY (seq, recorded_at);


--
-- Name: entries_2027_11 entries_2027_11_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.entries_2027_11
    ADD CONSTRAINT entries_2027_11_pkey PRIMARY KEY (seq, recorded_at);


--
-- Name: head head_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.head
    ADD CONSTRAINT head_pkey PRIMARY KEY (id);


--
-- Name: subjects subjects_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects
    ADD CONSTRAINT subjects_pkey PRIMARY KEY (seq, subject, version, recorded_at);


--
-- Name: subjects_2026_11 subjects_2026_11_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects_2026_11
    ADD CONSTRAINT subjects_2026_11_pkey PRIMARY KEY (seq, subject, version, recorded_at);


--
-- Name: subjects_2026_12 subjects_2026_12_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects_2026_12
    ADD CONSTRAINT subjects_2026_12_pkey PRIMARY KEY (seq, subject, version, recorded_at);


--
-- Name: subjects_2027_01 subjects_2027_01_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects_2027_01
    ADD CONSTRAINT subjects_2027_01_pkey PRIMARY KEY (seq, subject, version, recorded_at);


--
-- Name: subjects_2027_02 subjects_2027_02_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects_2027_02
    ADD CONSTRAINT subjects_2027_02_pkey PRIMARY KEY (seq, subject, version, recorded_at);


--
-- Name: subjects_2027_03 subjects_2027_03_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects_2027_03
    ADD CONSTRAINT subjects_2027_03_pkey PRIMARY KEY (seq, subject, version, recorded_at);


--
-- Name: subjects_2027_04 subjects_2027_04_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects_2027_04
    ADD CONSTRAINT subjects_2027_04_pkey PRIMARY KEY (seq, subject, version, recorded_at);


--
-- Name: subjects_2027_05 subjects_2027_05_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects_2027_05
    ADD CONSTRAINT subjects_2027_05_pkey PRIMARY KEY (seq, subject, version, recorded_at);


--
-- Name: subjects_2027_06 subjects_2027_06_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects_2027_06
    ADD CONSTRAINT subjects_2027_06_pkey PRIMARY KEY (seq, subject, version, recorded_at);


--
-- Name: subjects_2027_07 subjects_2027_07_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects_2027_07
    ADD CONSTRAINT subjects_2027_07_pkey PRIMARY KEY (seq, subject, version, recorded_at);


--
-- Name: subjects_2027_08 subjects_2027_08_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects_2027_08
    ADD CONSTRAINT subjects_2027_08_pkey PRIMARY KEY (seq, subject, version, recorded_at);


--
-- Name: subjects_2027_09 subjects_2027_09_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects_2027_09
    ADD CONSTRAINT subjects_2027_09_pkey PRIMARY KEY (seq, subject, version, recorded_at);


--
-- Name: subjects_2027_10 subjects_2027_10_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects_2027_10
    ADD CONSTRAINT subjects_2027_10_pkey PRIMARY KEY (seq, subject, version, recorded_at);


--
-- Name: subjects_2027_11 subjects_2027_11_pkey; Type: CONSTRAINT; Schema: turnlock; Owner: golden_audit_owner
--

ALTER TABLE ONLY turnlock.subjects_2027_11
    ADD CONSTRAINT subjects_2027_11_pkey PRIMARY KEY (seq, subject, version, recorded_at);


--
-- Name: entries_by_action; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_by_action ON ONLY turnlock.entries USING btree (action, seq);


--
-- Name: entries_2026_11_action_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2026_11_action_seq_idx ON turnlock.entries_2026_11 USING btree (action, seq);


--
-- Name: entries_by_actor; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_by_actor ON ONLY turnlock.entries USING btree (actor, seq);


--
-- Name: entries_2026_11_actor_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2026_11_actor_seq_idx ON turnlock.entries_2026_11 USING btree (actor, seq);


--
-- Name: entries_by_at; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_by_at ON ONLY turnlock.entries USING btree (at, seq);


--
-- Name: entries_2026_11_at_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2026_11_at_seq_idx ON turnlock.entries_2026_11 USING btree (at, seq);


--
-- Name: entries_by_outcome; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_by_outcome ON ONLY turnlock.entries USING btree (outcome, seq) WHERE (outcome IS NOT NULL);


--
-- Name: entries_2026_11_outcome_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2026_11_outcome_seq_idx ON turnlock.entries_2026_11 USING btree (outcome, seq) WHERE (outcome IS NOT NULL);


--
-- Name: entries_by_requester; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_by_requester ON ONLY turnlock.entries USING btree (requester, seq) WHERE (requester IS NOT NULL);


--
-- Name: entries_2026_11_requester_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2026_11_requester_seq_idx ON turnlock.entries_2026_11 USING btree (requester, seq) WHERE (requester IS NOT NULL);


--
-- Name: entries_by_rotation; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_by_rotation ON ONLY turnlock.entries USING btree (rotation, seq) WHERE (rotation IS NOT NULL);


--
-- Name: entries_2026_11_rotation_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2026_11_rotation_seq_idx ON turnlock.entries_2026_11 USING btree (rotation, seq) WHERE (rotation IS NOT NULL);


--
-- Name: entries_by_target; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_by_target ON ONLY turnlock.entries USING btree (target, seq) WHERE (target IS NOT NULL);


--
-- Name: entries_2026_11_target_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2026_11_target_seq_idx ON turnlock.entries_2026_11 USING btree (target, seq) WHERE (target IS NOT NULL);


--
-- Name: entries_by_trace; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_by_trace ON ONLY turnlock.entries USING btree (trace, seq) WHERE (trace IS NOT NULL);


--
-- Name: entries_2026_11_trace_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2026_11_trace_seq_idx ON turnlock.entries_2026_11 USING btree (trace, seq) WHERE (trace IS NOT NULL);


--
-- Name: entries_by_trigger; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_by_trigger ON ONLY turnlock.entries USING btree (trigger, seq) WHERE (trigger IS NOT NULL);


--
-- Name: entries_2026_11_trigger_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2026_11_trigger_seq_idx ON turnlock.entries_2026_11 USING btree (trigger, seq) WHERE (trigger IS NOT NULL);


--
-- Name: entries_2026_12_action_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2026_12_action_seq_idx ON turnlock.entries_2026_12 USING btree (action, seq);


--
-- Name: entries_2026_12_actor_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2026_12_actor_seq_idx ON turnlock.entries_2026_12 USING btree (actor, seq);


--
-- Name: entries_2026_12_at_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2026_12_at_seq_idx ON turnlock.entries_2026_12 USING btree (at, seq);


--
-- Name: entries_2026_12_outcome_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2026_12_outcome_seq_idx ON turnlock.entries_2026_12 USING btree (outcome, seq) WHERE (outcome IS NOT NULL);


--
-- Name: entries_2026_12_requester_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2026_12_requester_seq_idx ON turnlock.entries_2026_12 USING btree (requester, seq) WHERE (requester IS NOT NULL);


--
-- Name: entries_2026_12_rotation_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2026_12_rotation_seq_idx ON turnlock.entries_2026_12 USING btree (rotation, seq) WHERE (rotation IS NOT NULL);


--
-- Name: entries_2026_12_target_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2026_12_target_seq_idx ON turnlock.entries_2026_12 USING btree (target, seq) WHERE (target IS NOT NULL);


--
-- Name: entries_2026_12_trace_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2026_12_trace_seq_idx ON turnlock.entries_2026_12 USING btree (trace, seq) WHERE (trace IS NOT NULL);


--
-- Name: entries_2026_12_trigger_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2026_12_trigger_seq_idx ON turnlock.entries_2026_12 USING btree (trigger, seq) WHERE (trigger IS NOT NULL);


--
-- Name: entries_2027_01_action_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_01_action_seq_idx ON turnlock.entries_2027_01 USING btree (action, seq);


--
-- Name: entries_2027_01_actor_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_01_actor_seq_idx ON turnlock.entries_2027_01 USING btree (actor, seq);


--
-- Name: entries_2027_01_at_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_01_at_seq_idx ON turnlock.entries_2027_01 USING btree (at, seq);


--
-- Name: entries_2027_01_outcome_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_01_outcome_seq_idx ON turnlock.entries_2027_01 USING btree (outcome, seq) WHERE (outcome IS NOT NULL);


--
-- Name: entries_2027_01_requester_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_01_requester_seq_idx ON turnlock.entries_2027_01 USING btree (requester, seq) WHERE (requester IS NOT NULL);


--
-- Name: entries_2027_01_rotation_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_01_rotation_seq_idx ON turnlock.entries_2027_01 USING btree (rotation, seq) WHERE (rotation IS NOT NULL);


--
-- Name: entries_2027_01_target_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_01_target_seq_idx ON turnlock.entries_2027_01 USING btree (target, seq) WHERE (target IS NOT NULL);


--
-- Name: entries_2027_01_trace_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_01_trace_seq_idx ON turnlock.entries_2027_01 USING btree (trace, seq) WHERE (trace IS NOT NULL);


--
-- Name: entries_2027_01_trigger_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_01_trigger_seq_idx ON turnlock.entries_2027_01 USING btree (trigger, seq) WHERE (trigger IS NOT NULL);


--
-- Name: entries_2027_02_action_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_02_action_seq_idx ON turnlock.entries_2027_02 USING btree (action, seq);


--
-- Name: entries_2027_02_actor_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_02_actor_seq_idx ON turnlock.entries_2027_02 USING btree (actor, seq);


--
-- Name: entries_2027_02_at_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_02_at_seq_idx ON turnlock.entries_2027_02 USING btree (at, seq);


--
-- Name: entries_2027_02_outcome_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_02_outcome_seq_idx ON turnlock.entries_2027_02 USING btree (outcome, seq) WHERE (outcome IS NOT NULL);


--
-- Name: entries_2027_02_requester_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_02_requester_seq_idx ON turnlock.entries_2027_02 USING btree (requester, seq) WHERE (requester IS NOT NULL);


--
-- Name: entries_2027_02_rotation_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_02_rotation_seq_idx ON turnlock.entries_2027_02 USING btree (rotation, seq) WHERE (rotation IS NOT NULL);


--
-- Name: entries_2027_02_target_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_02_target_seq_idx ON turnlock.entries_2027_02 USING btree (target, seq) WHERE (target IS NOT NULL);


--
-- Name: entries_2027_02_trace_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_02_trace_seq_idx ON turnlock.entries_2027_02 USING btree (trace, seq) WHERE (trace IS NOT NULL);


--
-- Name: entries_2027_02_trigger_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_02_trigger_seq_idx ON turnlock.entries_2027_02 USING btree (trigger, seq) WHERE (trigger IS NOT NULL);


--
-- Name: entries_2027_03_action_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_03_action_seq_idx ON turnlock.entries_2027_03 USING btree (action, seq);


--
-- Name: entries_2027_03_actor_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_03_actor_seq_idx ON turnlock.entries_2027_03 USING btree (actor, seq);


--
-- Name: entries_2027_03_at_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_03_at_seq_idx ON turnlock.entries_2027_03 USING btree (at, seq);


--
-- Name: entries_2027_03_outcome_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_03_outcome_seq_idx ON turnlock.entries_2027_03 USING btree (outcome, seq) WHERE (outcome IS NOT NULL);


--
-- Name: entries_2027_03_requester_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_03_requester_seq_idx ON turnlock.entries_2027_03 USING btree (requester, seq) WHERE (requester IS NOT NULL);


--
-- Name: entries_2027_03_rotation_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_03_rotation_seq_idx ON turnlock.entries_2027_03 USING btree (rotation, seq) WHERE (rotation IS NOT NULL);


--
-- Name: entries_2027_03_target_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_03_target_seq_idx ON turnlock.entries_2027_03 USING btree (target, seq) WHERE (target IS NOT NULL);


--
-- Name: entries_2027_03_trace_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_03_trace_seq_idx ON turnlock.entries_2027_03 USING btree (trace, seq) WHERE (trace IS NOT NULL);


--
-- Name: entries_2027_03_trigger_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_03_trigger_seq_idx ON turnlock.entries_2027_03 USING btree (trigger, seq) WHERE (trigger IS NOT NULL);


--
-- Name: entries_2027_04_action_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_04_action_seq_idx ON turnlock.entries_2027_04 USING btree (action, seq);


--
-- Name: entries_2027_04_actor_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_04_actor_seq_idx ON turnlock.entries_2027_04 USING btree (actor, seq);


--
-- Name: entries_2027_04_at_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_04_at_seq_idx ON turnlock.entries_2027_04 USING btree (at, seq);


--
-- Name: entries_2027_04_outcome_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_04_outcome_seq_idx ON turnlock.entries_2027_04 USING btree (outcome, seq) WHERE (outcome IS NOT NULL);


--
-- Name: entries_2027_04_requester_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_04_requester_seq_idx ON turnlock.entries_2027_04 USING btree (requester, seq) WHERE (requester IS NOT NULL);


--
-- Name: entries_2027_04_rotation_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_04_rotation_seq_idx ON turnlock.entries_2027_04 USING btree (rotation, seq) WHERE (rotation IS NOT NULL);


--
-- Name: entries_2027_04_target_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_04_target_seq_idx ON turnlock.entries_2027_04 USING btree (target, seq) WHERE (target IS NOT NULL);


--
-- Name: entries_2027_04_trace_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_04_trace_seq_idx ON turnlock.entries_2027_04 USING btree (trace, seq) WHERE (trace IS NOT NULL);


--
-- Name: entries_2027_04_trigger_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_04_trigger_seq_idx ON turnlock.entries_2027_04 USING btree (trigger, seq) WHERE (trigger IS NOT NULL);


--
-- Name: entries_2027_05_action_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_05_action_seq_idx ON turnlock.entries_2027_05 USING btree (action, seq);


--
-- Name: entries_2027_05_actor_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_05_actor_seq_idx ON turnlock.entries_2027_05 USING btree (actor, seq);


--
-- Name: entries_2027_05_at_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_05_at_seq_idx ON turnlock.entries_2027_05 USING btree (at, seq);


--
-- Name: entries_2027_05_outcome_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_05_outcome_seq_idx ON turnlock.entries_2027_05 USING btree (outcome, seq) WHERE (outcome IS NOT NULL);


--
-- Name: entries_2027_05_requester_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_05_requester_seq_idx ON turnlock.entries_2027_05 USING btree (requester, seq) WHERE (requester IS NOT NULL);


--
-- Name: entries_2027_05_rotation_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_05_rotation_seq_idx ON turnlock.entries_2027_05 USING btree (rotation, seq) WHERE (rotation IS NOT NULL);


--
-- Name: entries_2027_05_target_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_05_target_seq_idx ON turnlock.entries_2027_05 USING btree (target, seq) WHERE (target IS NOT NULL);


--
-- Name: entries_2027_05_trace_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_05_trace_seq_idx ON turnlock.entries_2027_05 USING btree (trace, seq) WHERE (trace IS NOT NULL);


--
-- Name: entries_2027_05_trigger_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_05_trigger_seq_idx ON turnlock.entries_2027_05 USING btree (trigger, seq) WHERE (trigger IS NOT NULL);


--
-- Name: entries_2027_06_action_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_06_action_seq_idx ON turnlock.entries_2027_06 USING btree (action, seq);


--
-- Name: entries_2027_06_actor_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_06_actor_seq_idx ON turnlock.entries_2027_06 USING btree (actor, seq);


--
-- Name: entries_2027_06_at_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_06_at_seq_idx ON turnlock.entries_2027_06 USING btree (at, seq);


--
-- Name: entries_2027_06_outcome_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_06_outcome_seq_idx ON turnlock.entries_2027_06 USING btree (outcome, seq) WHERE (outcome IS NOT NULL);


--
-- Name: entries_2027_06_requester_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_06_requester_seq_idx ON turnlock.entries_2027_06 USING btree (requester, seq) WHERE (requester IS NOT NULL);


--
-- Name: entries_2027_06_rotation_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_06_rotation_seq_idx ON turnlock.entries_2027_06 USING btree (rotation, seq) WHERE (rotation IS NOT NULL);


--
-- Name: entries_2027_06_target_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_06_target_seq_idx ON turnlock.entries_2027_06 USING btree (target, seq) WHERE (target IS NOT NULL);


--
-- Name: entries_2027_06_trace_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_06_trace_seq_idx ON turnlock.entries_2027_06 USING btree (trace, seq) WHERE (trace IS NOT NULL);


--
-- Name: entries_2027_06_trigger_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_06_trigger_seq_idx ON turnlock.entries_2027_06 USING btree (trigger, seq) WHERE (trigger IS NOT NULL);


--
-- Name: entries_2027_07_action_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_07_action_seq_idx ON turnlock.entries_2027_07 USING btree (action, seq);


--
-- Name: entries_2027_07_actor_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_07_actor_seq_idx ON turnlock.entries_2027_07 USING btree (actor, seq);


--
-- Name: entries_2027_07_at_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_07_at_seq_idx ON turnlock.entries_2027_07 USING btree (at, seq);


--
-- Name: entries_2027_07_outcome_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_07_outcome_seq_idx ON turnlock.entries_2027_07 USING btree (outcome, seq) WHERE (outcome IS NOT NULL);


--
-- Name: entries_2027_07_requester_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_07_requester_seq_idx ON turnlock.entries_2027_07 USING btree (requester, seq) WHERE (requester IS NOT NULL);


--
-- Name: entries_2027_07_rotation_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_07_rotation_seq_idx ON turnlock.entries_2027_07 USING btree (rotation, seq) WHERE (rotation IS NOT NULL);


--
-- Name: entries_2027_07_target_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_07_target_seq_idx ON turnlock.entries_2027_07 USING btree (target, seq) WHERE (target IS NOT NULL);


--
-- Name: entries_2027_07_trace_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_07_trace_seq_idx ON turnlock.entries_2027_07 USING btree (trace, seq) WHERE (trace IS NOT NULL);


--
-- Name: entries_2027_07_trigger_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_07_trigger_seq_idx ON turnlock.entries_2027_07 USING btree (trigger, seq) WHERE (trigger IS NOT NULL);


--
-- Name: entries_2027_08_action_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_08_action_seq_idx ON turnlock.entries_2027_08 USING btree (action, seq);


--
-- Name: entries_2027_08_actor_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_08_actor_seq_idx ON turnlock.entries_2027_08 USING btree (actor, seq);


--
-- Name: entries_2027_08_at_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_08_at_seq_idx ON turnlock.entries_2027_08 USING btree (at, seq);


--
-- Name: entries_2027_08_outcome_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_08_outcome_seq_idx ON turnlock.entries_2027_08 USING btree (outcome, seq) WHERE (outcome IS NOT NULL);


--
-- Name: entries_2027_08_requester_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_08_requester_seq_idx ON turnlock.entries_2027_08 USING btree (requester, seq) WHERE (requester IS NOT NULL);


--
-- Name: entries_2027_08_rotation_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_08_rotation_seq_idx ON turnlock.entries_2027_08 USING btree (rotation, seq) WHERE (rotation IS NOT NULL);


--
-- Name: entries_2027_08_target_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_08_target_seq_idx ON turnlock.entries_2027_08 USING btree (target, seq) WHERE (target IS NOT NULL);


--
-- Name: entries_2027_08_trace_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_08_trace_seq_idx ON turnlock.entries_2027_08 USING btree (trace, seq) WHERE (trace IS NOT NULL);


--
-- Name: entries_2027_08_trigger_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_08_trigger_seq_idx ON turnlock.entries_2027_08 USING btree (trigger, seq) WHERE (trigger IS NOT NULL);


--
-- Name: entries_2027_09_action_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_09_action_seq_idx ON turnlock.entries_2027_09 USING btree (action, seq);


--
-- Name: entries_2027_09_actor_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_09_actor_seq_idx ON turnlock.entries_2027_09 USING btree (actor, seq);


--
-- Name: entries_2027_09_at_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_09_at_seq_idx ON turnlock.entries_2027_09 USING btree (at, seq);


--
-- Name: entries_2027_09_outcome_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_09_outcome_seq_idx ON turnlock.entries_2027_09 USING btree (outcome, seq) WHERE (outcome IS NOT NULL);


--
-- Name: entries_2027_09_requester_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_09_requester_seq_idx ON turnlock.entries_2027_09 USING btree (requester, seq) WHERE (requester IS NOT NULL);


--
-- Name: entries_2027_09_rotation_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_09_rotation_seq_idx ON turnlock.entries_2027_09 USING btree (rotation, seq) WHERE (rotation IS NOT NULL);


--
-- Name: entries_2027_09_target_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_09_target_seq_idx ON turnlock.entries_2027_09 USING btree (target, seq) WHERE (target IS NOT NULL);


--
-- Name: entries_2027_09_trace_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_09_trace_seq_idx ON turnlock.entries_2027_09 USING btree (trace, seq) WHERE (trace IS NOT NULL);


--
-- Name: entries_2027_09_trigger_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_09_trigger_seq_idx ON turnlock.entries_2027_09 USING btree (trigger, seq) WHERE (trigger IS NOT NULL);


--
-- Name: entries_2027_10_action_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_10_action_seq_idx ON turnlock.entries_2027_10 USING btree (action, seq);


--
-- Name: entries_2027_10_actor_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_10_actor_seq_idx ON turnlock.entries_2027_10 USING btree (actor, seq);


--
-- Name: entries_2027_10_at_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_10_at_seq_idx ON turnlock.entries_2027_10 USING btree (at, seq);


--
-- Name: entries_2027_10_outcome_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_10_outcome_seq_idx ON turnlock.entries_2027_10 USING btree (outcome, seq) WHERE (outcome IS NOT NULL);


--
-- Name: entries_2027_10_requester_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_10_requester_seq_idx ON turnlock.entries_2027_10 USING btree (requester, seq) WHERE (requester IS NOT NULL);


--
-- Name: entries_2027_10_rotation_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_10_rotation_seq_idx ON turnlock.entries_2027_10 USING btree (rotation, seq) WHERE (rotation IS NOT NULL);


--
-- Name: entries_2027_10_target_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_10_target_seq_idx ON turnlock.entries_2027_10 USING btree (target, seq) WHERE (target IS NOT NULL);


--
-- Name: entries_2027_10_trace_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_10_trace_seq_idx ON turnlock.entries_2027_10 USING btree (trace, seq) WHERE (trace IS NOT NULL);


--
-- Name: entries_2027_10_trigger_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_10_trigger_seq_idx ON turnlock.entries_2027_10 USING btree (trigger, seq) WHERE (trigger IS NOT NULL);


--
-- Name: entries_2027_11_action_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_11_action_seq_idx ON turnlock.entries_2027_11 USING btree (action, seq);


--
-- Name: entries_2027_11_actor_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_11_actor_seq_idx ON turnlock.entries_2027_11 USING btree (actor, seq);


--
-- Name: entries_2027_11_at_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_11_at_seq_idx ON turnlock.entries_2027_11 USING btree (at, seq);


--
-- Name: entries_2027_11_outcome_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_11_outcome_seq_idx ON turnlock.entries_2027_11 USING btree (outcome, seq) WHERE (outcome IS NOT NULL);


--
-- Name: entries_2027_11_requester_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_11_requester_seq_idx ON turnlock.entries_2027_11 USING btree (requester, seq) WHERE (requester IS NOT NULL);


--
-- Name: entries_2027_11_rotation_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_11_rotation_seq_idx ON turnlock.entries_2027_11 USING btree (rotation, seq) WHERE (rotation IS NOT NULL);


--
-- Name: entries_2027_11_target_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_11_target_seq_idx ON turnlock.entries_2027_11 USING btree (target, seq) WHERE (target IS NOT NULL);


--
-- Name: entries_2027_11_trace_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_11_trace_seq_idx ON turnlock.entries_2027_11 USING btree (trace, seq) WHERE (trace IS NOT NULL);


--
-- Name: entries_2027_11_trigger_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX entries_2027_11_trigger_seq_idx ON turnlock.entries_2027_11 USING btree (trigger, seq) WHERE (trigger IS NOT NULL);


--
-- Name: subjects_by_name; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_by_name ON ONLY turnlock.subjects USING btree (subject, seq);


--
-- Name: subjects_2026_11_subject_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2026_11_subject_seq_idx ON turnlock.subjects_2026_11 USING btree (subject, seq);


--
-- Name: subjects_by_name_and_version; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_by_name_and_version ON ONLY turnlock.subjects USING btree (subject, version, seq);


--
-- Name: subjects_2026_11_subject_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2026_11_subject_version_seq_idx ON turnlock.subjects_2026_11 USING btree (subject, version, seq);


--
-- Name: subjects_by_version; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_by_version ON ONLY turnlock.subjects USING btree (version, seq);


--
-- Name: subjects_2026_11_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2026_11_version_seq_idx ON turnlock.subjects_2026_11 USING btree (version, seq);


--
-- Name: subjects_2026_12_subject_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2026_12_subject_seq_idx ON turnlock.subjects_2026_12 USING btree (subject, seq);


--
-- Name: subjects_2026_12_subject_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2026_12_subject_version_seq_idx ON turnlock.subjects_2026_12 USING btree (subject, version, seq);


--
-- Name: subjects_2026_12_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2026_12_version_seq_idx ON turnlock.subjects_2026_12 USING btree (version, seq);


--
-- Name: subjects_2027_01_subject_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_01_subject_seq_idx ON turnlock.subjects_2027_01 USING btree (subject, seq);


--
-- Name: subjects_2027_01_subject_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_01_subject_version_seq_idx ON turnlock.subjects_2027_01 USING btree (subject, version, seq);


--
-- Name: subjects_2027_01_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_01_version_seq_idx ON turnlock.subjects_2027_01 USING btree (version, seq);


--
-- Name: subjects_2027_02_subject_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_02_subject_seq_idx ON turnlock.subjects_2027_02 USING btree (subject, seq);


--
-- Name: subjects_2027_02_subject_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_02_subject_version_seq_idx ON turnlock.subjects_2027_02 USING btree (subject, version, seq);


--
-- Name: subjects_2027_02_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_02_version_seq_idx ON turnlock.subjects_2027_02 USING btree (version, seq);


--
-- Name: subjects_2027_03_subject_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_03_subject_seq_idx ON turnlock.subjects_2027_03 USING btree (subject, seq);


--
-- Name: subjects_2027_03_subject_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_03_subject_version_seq_idx ON turnlock.subjects_2027_03 USING btree (subject, version, seq);


--
-- Name: subjects_2027_03_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_03_version_seq_idx ON turnlock.subjects_2027_03 USING btree (version, seq);


--
-- Name: subjects_2027_04_subject_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_04_subject_seq_idx ON turnlock.subjects_2027_04 USING btree (subject, seq);


--
-- Name: subjects_2027_04_subject_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_04_subject_version_seq_idx ON turnlock.subjects_2027_04 USING btree (subject, version, seq);


--
-- Name: subjects_2027_04_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_04_version_seq_idx ON turnlock.subjects_2027_04 USING btree (version, seq);


--
-- Name: subjects_2027_05_subject_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_05_subject_seq_idx ON turnlock.subjects_2027_05 USING btree (subject, seq);


--
-- Name: subjects_2027_05_subject_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_05_subject_version_seq_idx ON turnlock.subjects_2027_05 USING btree (subject, version, seq);


--
-- Name: subjects_2027_05_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_05_version_seq_idx ON turnlock.subjects_2027_05 USING btree (version, seq);


--
-- Name: subjects_2027_06_subject_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_06_subject_seq_idx ON turnlock.subjects_2027_06 USING btree (subject, seq);


--
-- Name: subjects_2027_06_subject_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_06_subject_version_seq_idx ON turnlock.subjects_2027_06 USING btree (subject, version, seq);


--
-- Name: subjects_2027_06_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_06_version_seq_idx ON turnlock.subjects_2027_06 USING btree (version, seq);


--
-- Name: subjects_2027_07_subject_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_07_subject_seq_idx ON turnlock.subjects_2027_07 USING btree (subject, seq);


--
-- Name: subjects_2027_07_subject_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_07_subject_version_seq_idx ON turnlock.subjects_2027_07 USING btree (subject, version, seq);


--
-- Name: subjects_2027_07_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_07_version_seq_idx ON turnlock.subjects_2027_07 USING btree (version, seq);


--
-- Name: subjects_2027_08_subject_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_08_subject_seq_idx ON turnlock.subjects_2027_08 USING btree (subject, seq);


--
-- Name: subjects_2027_08_subject_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_08_subject_version_seq_idx ON turnlock.subjects_2027_08 USING btree (subject, version, seq);


--
-- Name: subjects_2027_08_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_08_version_seq_idx ON turnlock.subjects_2027_08 USING btree (version, seq);


--
-- Name: subjects_2027_09_subject_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_09_subject_seq_idx ON turnlock.subjects_2027_09 USING btree (subject, seq);


--
-- Name: subjects_2027_09_subject_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_09_subject_version_seq_idx ON turnlock.subjects_2027_09 USING btree (subject, version, seq);


--
-- Name: subjects_2027_09_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_09_version_seq_idx ON turnlock.subjects_2027_09 USING btree (version, seq);


--
-- Name: subjects_2027_10_subject_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_10_subject_seq_idx ON turnlock.subjects_2027_10 USING btree (subject, seq);


--
-- Name: subjects_2027_10_subject_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_10_subject_version_seq_idx ON turnlock.subjects_2027_10 USING btree (subject, version, seq);


--
-- Name: subjects_2027_10_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_10_version_seq_idx ON turnlock.subjects_2027_10 USING btree (version, seq);


--
-- Name: subjects_2027_11_subject_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_11_subject_seq_idx ON turnlock.subjects_2027_11 USING btree (subject, seq);


--
-- Name: subjects_2027_11_subject_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_11_subject_version_seq_idx ON turnlock.subjects_2027_11 USING btree (subject, version, seq);


--
-- Name: subjects_2027_11_version_seq_idx; Type: INDEX; Schema: turnlock; Owner: golden_audit_owner
--

CREATE INDEX subjects_2027_11_version_seq_idx ON turnlock.subjects_2027_11 USING btree (version, seq);


--
-- Name: entries_2026_11_action_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_action ATTACH PARTITION turnlock.entries_2026_11_action_seq_idx;


--
-- Name: entries_2026_11_actor_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_actor ATTACH PARTITION turnlock.entries_2026_11_actor_seq_idx;


--
-- Name: entries_2026_11_at_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_at ATTACH PARTITION turnlock.entries_2026_11_at_seq_idx;


--
-- Name: entries_2026_11_outcome_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_outcome ATTACH PARTITION turnlock.entries_2026_11_outcome_seq_idx;


--
-- Name: entries_2026_11_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_pkey ATTACH PARTITION turnlock.entries_2026_11_pkey;


--
-- Name: entries_2026_11_requester_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_requester ATTACH PARTITION turnlock.entries_2026_11_requester_seq_idx;


--
-- Name: entries_2026_11_rotation_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_rotation ATTACH PARTITION turnlock.entries_2026_11_rotation_seq_idx;


--
-- Name: entries_2026_11_target_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_target ATTACH PARTITION turnlock.entries_2026_11_target_seq_idx;


--
-- Name: entries_2026_11_trace_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trace ATTACH PARTITION turnlock.entries_2026_11_trace_seq_idx;


--
-- Name: entries_2026_11_trigger_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trigger ATTACH PARTITION turnlock.entries_2026_11_trigger_seq_idx;


--
-- Name: entries_2026_12_action_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_action ATTACH PARTITION turnlock.entries_2026_12_action_seq_idx;


--
-- Name: entries_2026_12_actor_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_actor ATTACH PARTITION turnlock.entries_2026_12_actor_seq_idx;


--
-- Name: entries_2026_12_at_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_at ATTACH PARTITION turnlock.entries_2026_12_at_seq_idx;


--
-- Name: entries_2026_12_outcome_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_outcome ATTACH PARTITION turnlock.entries_2026_12_outcome_seq_idx;


--
-- Name: entries_2026_12_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_pkey ATTACH PARTITION turnlock.entries_2026_12_pkey;


--
-- Name: entries_2026_12_requester_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_requester ATTACH PARTITION turnlock.entries_2026_12_requester_seq_idx;


--
-- Name: entries_2026_12_rotation_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_rotation ATTACH PARTITION turnlock.entries_2026_12_rotation_seq_idx;


--
-- Name: entries_2026_12_target_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_target ATTACH PARTITION turnlock.entries_2026_12_target_seq_idx;


--
-- Name: entries_2026_12_trace_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trace ATTACH PARTITION turnlock.entries_2026_12_trace_seq_idx;


--
-- Name: entries_2026_12_trigger_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trigger ATTACH PARTITION turnlock.entries_2026_12_trigger_seq_idx;


--
-- Name: entries_2027_01_action_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_action ATTACH PARTITION turnlock.entries_2027_01_action_seq_idx;


--
-- Name: entries_2027_01_actor_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_actor ATTACH PARTITION turnlock.entries_2027_01_actor_seq_idx;


--
-- Name: entries_2027_01_at_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_at ATTACH PARTITION turnlock.entries_2027_01_at_seq_idx;


--
-- Name: entries_2027_01_outcome_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_outcome ATTACH PARTITION turnlock.entries_2027_01_outcome_seq_idx;


--
-- Name: entries_2027_01_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_pkey ATTACH PARTITION turnlock.entries_2027_01_pkey;


--
-- Name: entries_2027_01_requester_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_requester ATTACH PARTITION turnlock.entries_2027_01_requester_seq_idx;


--
-- Name: entries_2027_01_rotation_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_rotation ATTACH PARTITION turnlock.entries_2027_01_rotation_seq_idx;


--
-- Name: entries_2027_01_target_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_target ATTACH PARTITION turnlock.entries_2027_01_target_seq_idx;


--
-- Name: entries_2027_01_trace_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trace ATTACH PARTITION turnlock.entries_2027_01_trace_seq_idx;


--
-- Name: entries_2027_01_trigger_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trigger ATTACH PARTITION turnlock.entries_2027_01_trigger_seq_idx;


--
-- Name: entries_2027_02_action_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_action ATTACH PARTITION turnlock.entries_2027_02_action_seq_idx;


--
-- Name: entries_2027_02_actor_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_actor ATTACH PARTITION turnlock.entries_2027_02_actor_seq_idx;


--
-- Name: entries_2027_02_at_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_at ATTACH PARTITION turnlock.entries_2027_02_at_seq_idx;


--
-- Name: entries_2027_02_outcome_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_outcome ATTACH PARTITION turnlock.entries_2027_02_outcome_seq_idx;


--
-- Name: entries_2027_02_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_pkey ATTACH PARTITION turnlock.entries_2027_02_pkey;


--
-- Name: entries_2027_02_requester_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_requester ATTACH PARTITION turnlock.entries_2027_02_requester_seq_idx;


--
-- Name: entries_2027_02_rotation_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_rotation ATTACH PARTITION turnlock.entries_2027_02_rotation_seq_idx;


--
-- Name: entries_2027_02_target_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_target ATTACH PARTITION turnlock.entries_2027_02_target_seq_idx;


--
-- Name: entries_2027_02_trace_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trace ATTACH PARTITION turnlock.entries_2027_02_trace_seq_idx;


--
-- Name: entries_2027_02_trigger_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trigger ATTACH PARTITION turnlock.entries_2027_02_trigger_seq_idx;


--
-- Name: entries_2027_03_action_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_action ATTACH PARTITION turnlock.entries_2027_03_action_seq_idx;


--
-- Name: entries_2027_03_actor_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_actor ATTACH PARTITION turnlock.entries_2027_03_actor_seq_idx;


--
-- Name: entries_2027_03_at_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_at ATTACH PARTITION turnlock.entries_2027_03_at_seq_idx;


--
-- Name: entries_2027_03_outcome_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_outcome ATTACH PARTITION turnlock.entries_2027_03_outcome_seq_idx;


--
-- Name: entries_2027_03_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_pkey ATTACH PARTITION turnlock.entries_2027_03_pkey;


--
-- Name: entries_2027_03_requester_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_requester ATTACH PARTITION turnlock.entries_2027_03_requester_seq_idx;


--
-- Name: entries_2027_03_rotation_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_rotation ATTACH PARTITION turnlock.entries_2027_03_rotation_seq_idx;


--
-- Name: entries_2027_03_target_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_target ATTACH PARTITION turnlock.entries_2027_03_target_seq_idx;


--
-- Name: entries_2027_03_trace_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trace ATTACH PARTITION turnlock.entries_2027_03_trace_seq_idx;


--
-- Name: entries_2027_03_trigger_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trigger ATTACH PARTITION turnlock.entries_2027_03_trigger_seq_idx;


--
-- Name: entries_2027_04_action_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_action ATTACH PARTITION turnlock.entries_2027_04_action_seq_idx;


--
-- Name: entries_2027_04_actor_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_actor ATTACH PARTITION turnlock.entries_2027_04_actor_seq_idx;


--
-- Name: entries_2027_04_at_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_at ATTACH PARTITION turnlock.entries_2027_04_at_seq_idx;


--
-- Name: entries_2027_04_outcome_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_outcome ATTACH PARTITION turnlock.entries_2027_04_outcome_seq_idx;


--
-- Name: entries_2027_04_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_pkey ATTACH PARTITION turnlock.entries_2027_04_pkey;


--
-- Name: entries_2027_04_requester_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_requester ATTACH PARTITION turnlock.entries_2027_04_requester_seq_idx;


--
-- Name: entries_2027_04_rotation_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_rotation ATTACH PARTITION turnlock.entries_2027_04_rotation_seq_idx;


--
-- Name: entries_2027_04_target_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_target ATTACH PARTITION turnlock.entries_2027_04_target_seq_idx;


--
-- Name: entries_2027_04_trace_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trace ATTACH PARTITION turnlock.entries_2027_04_trace_seq_idx;


--
-- Name: entries_2027_04_trigger_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trigger ATTACH PARTITION turnlock.entries_2027_04_trigger_seq_idx;


--
-- Name: entries_2027_05_action_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_action ATTACH PARTITION turnlock.entries_2027_05_action_seq_idx;


--
-- Name: entries_2027_05_actor_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_actor ATTACH PARTITION turnlock.entries_2027_05_actor_seq_idx;


--
-- Name: entries_2027_05_at_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_at ATTACH PARTITION turnlock.entries_2027_05_at_seq_idx;


--
-- Name: entries_2027_05_outcome_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_outcome ATTACH PARTITION turnlock.entries_2027_05_outcome_seq_idx;


--
-- Name: entries_2027_05_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_pkey ATTACH PARTITION turnlock.entries_2027_05_pkey;


--
-- Name: entries_2027_05_requester_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_requester ATTACH PARTITION turnlock.entries_2027_05_requester_seq_idx;


--
-- Name: entries_2027_05_rotation_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_rotation ATTACH PARTITION turnlock.entries_2027_05_rotation_seq_idx;


--
-- Name: entries_2027_05_target_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_target ATTACH PARTITION turnlock.entries_2027_05_target_seq_idx;


--
-- Name: entries_2027_05_trace_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trace ATTACH PARTITION turnlock.entries_2027_05_trace_seq_idx;


--
-- Name: entries_2027_05_trigger_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trigger ATTACH PARTITION turnlock.entries_2027_05_trigger_seq_idx;


--
-- Name: entries_2027_06_action_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_action ATTACH PARTITION turnlock.entries_2027_06_action_seq_idx;


--
-- Name: entries_2027_06_actor_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_actor ATTACH PARTITION turnlock.entries_2027_06_actor_seq_idx;


--
-- Name: entries_2027_06_at_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_at ATTACH PARTITION turnlock.entries_2027_06_at_seq_idx;


--
-- Name: entries_2027_06_outcome_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_outcome ATTACH PARTITION turnlock.entries_2027_06_outcome_seq_idx;


--
-- Name: entries_2027_06_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_pkey ATTACH PARTITION turnlock.entries_2027_06_pkey;


--
-- Name: entries_2027_06_requester_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_requester ATTACH PARTITION turnlock.entries_2027_06_requester_seq_idx;


--
-- Name: entries_2027_06_rotation_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_rotation ATTACH PARTITION turnlock.entries_2027_06_rotation_seq_idx;


--
-- Name: entries_2027_06_target_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_target ATTACH PARTITION turnlock.entries_2027_06_target_seq_idx;


--
-- Name: entries_2027_06_trace_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trace ATTACH PARTITION turnlock.entries_2027_06_trace_seq_idx;


--
-- Name: entries_2027_06_trigger_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trigger ATTACH PARTITION turnlock.entries_2027_06_trigger_seq_idx;


--
-- Name: entries_2027_07_action_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_action ATTACH PARTITION turnlock.entries_2027_07_action_seq_idx;


--
-- Name: entries_2027_07_actor_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_actor ATTACH PARTITION turnlock.entries_2027_07_actor_seq_idx;


--
-- Name: entries_2027_07_at_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_at ATTACH PARTITION turnlock.entries_2027_07_at_seq_idx;


--
-- Name: entries_2027_07_outcome_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_outcome ATTACH PARTITION turnlock.entries_2027_07_outcome_seq_idx;


--
-- Name: entries_2027_07_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_pkey ATTACH PARTITION turnlock.entries_2027_07_pkey;


--
-- Name: entries_2027_07_requester_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_requester ATTACH PARTITION turnlock.entries_2027_07_requester_seq_idx;


--
-- Name: entries_2027_07_rotation_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_rotation ATTACH PARTITION turnlock.entries_2027_07_rotation_seq_idx;


--
-- Name: entries_2027_07_target_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_target ATTACH PARTITION turnlock.entries_2027_07_target_seq_idx;


--
-- Name: entries_2027_07_trace_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trace ATTACH PARTITION turnlock.entries_2027_07_trace_seq_idx;


--
-- Name: entries_2027_07_trigger_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trigger ATTACH PARTITION turnlock.entries_2027_07_trigger_seq_idx;


--
-- Name: entries_2027_08_action_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_action ATTACH PARTITION turnlock.entries_2027_08_action_seq_idx;


--
-- Name: entries_2027_08_actor_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_actor ATTACH PARTITION turnlock.entries_2027_08_actor_seq_idx;


--
-- Name: entries_2027_08_at_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_at ATTACH PARTITION turnlock.entries_2027_08_at_seq_idx;


--
-- Name: entries_2027_08_outcome_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_outcome ATTACH PARTITION turnlock.entries_2027_08_outcome_seq_idx;


--
-- Name: entries_2027_08_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_pkey ATTACH PARTITION turnlock.entries_2027_08_pkey;


--
-- Name: entries_2027_08_requester_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_requester ATTACH PARTITION turnlock.entries_2027_08_requester_seq_idx;


--
-- Name: entries_2027_08_rotation_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_rotation ATTACH PARTITION turnlock.entries_2027_08_rotation_seq_idx;


--
-- Name: entries_2027_08_target_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_target ATTACH PARTITION turnlock.entries_2027_08_target_seq_idx;


--
-- Name: entries_2027_08_trace_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trace ATTACH PARTITION turnlock.entries_2027_08_trace_seq_idx;


--
-- Name: entries_2027_08_trigger_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trigger ATTACH PARTITION turnlock.entries_2027_08_trigger_seq_idx;


--
-- Name: entries_2027_09_action_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_action ATTACH PARTITION turnlock.entries_2027_09_action_seq_idx;


--
-- Name: entries_2027_09_actor_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_actor ATTACH PARTITION turnlock.entries_2027_09_actor_seq_idx;


--
-- Name: entries_2027_09_at_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_at ATTACH PARTITION turnlock.entries_2027_09_at_seq_idx;


--
-- Name: entries_2027_09_outcome_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_outcome ATTACH PARTITION turnlock.entries_2027_09_outcome_seq_idx;


--
-- Name: entries_2027_09_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_pkey ATTACH PARTITION turnlock.entries_2027_09_pkey;


--
-- Name: entries_2027_09_requester_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_requester ATTACH PARTITION turnlock.entries_2027_09_requester_seq_idx;


--
-- Name: entries_2027_09_rotation_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_rotation ATTACH PARTITION turnlock.entries_2027_09_rotation_seq_idx;


--
-- Name: entries_2027_09_target_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_target ATTACH PARTITION turnlock.entries_2027_09_target_seq_idx;


--
-- Name: entries_2027_09_trace_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trace ATTACH PARTITION turnlock.entries_2027_09_trace_seq_idx;


--
-- Name: entries_2027_09_trigger_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trigger ATTACH PARTITION turnlock.entries_2027_09_trigger_seq_idx;


--
-- Name: entries_2027_10_action_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_action ATTACH PARTITION turnlock.entries_2027_10_action_seq_idx;


--
-- Name: entries_2027_10_actor_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_actor ATTACH PARTITION turnlock.entries_2027_10_actor_seq_idx;


--
-- Name: entries_2027_10_at_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_at ATTACH PARTITION turnlock.entries_2027_10_at_seq_idx;


--
-- Name: entries_2027_10_outcome_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_outcome ATTACH PARTITION turnlock.entries_2027_10_outcome_seq_idx;


--
-- Name: entries_2027_10_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_pkey ATTACH PARTITION turnlock.entries_2027_10_pkey;


--
-- Name: entries_2027_10_requester_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_requester ATTACH PARTITION turnlock.entries_2027_10_requester_seq_idx;


--
-- Name: entries_2027_10_rotation_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_rotation ATTACH PARTITION turnlock.entries_2027_10_rotation_seq_idx;


--
-- Name: entries_2027_10_target_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_target ATTACH PARTITION turnlock.entries_2027_10_target_seq_idx;


--
-- Name: entries_2027_10_trace_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trace ATTACH PARTITION turnlock.entries_2027_10_trace_seq_idx;


--
-- Name: entries_2027_10_trigger_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trigger ATTACH PARTITION turnlock.entries_2027_10_trigger_seq_idx;


--
-- Name: entries_2027_11_action_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_action ATTACH PARTITION turnlock.entries_2027_11_action_seq_idx;


--
-- Name: entries_2027_11_actor_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_actor ATTACH PARTITION turnlock.entries_2027_11_actor_seq_idx;


--
-- Name: entries_2027_11_at_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_at ATTACH PARTITION turnlock.entries_2027_11_at_seq_idx;


--
-- Name: entries_2027_11_outcome_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_outcome ATTACH PARTITION turnlock.entries_2027_11_outcome_seq_idx;


--
-- Name: entries_2027_11_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_pkey ATTACH PARTITION turnlock.entries_2027_11_pkey;


--
-- Name: entries_2027_11_requester_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_requester ATTACH PARTITION turnlock.entries_2027_11_requester_seq_idx;


--
-- Name: entries_2027_11_rotation_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_rotation ATTACH PARTITION turnlock.entries_2027_11_rotation_seq_idx;


--
-- Name: entries_2027_11_target_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_target ATTACH PARTITION turnlock.entries_2027_11_target_seq_idx;


--
-- Name: entries_2027_11_trace_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trace ATTACH PARTITION turnlock.entries_2027_11_trace_seq_idx;


--
-- Name: entries_2027_11_trigger_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.entries_by_trigger ATTACH PARTITION turnlock.entries_2027_11_trigger_seq_idx;


--
-- Name: subjects_2026_11_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_pkey ATTACH PARTITION turnlock.subjects_2026_11_pkey;


--
-- Name: subjects_2026_11_subject_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name ATTACH PARTITION turnlock.subjects_2026_11_subject_seq_idx;


--
-- Name: subjects_2026_11_subject_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name_and_version ATTACH PARTITION turnlock.subjects_2026_11_subject_version_seq_idx;


--
-- Name: subjects_2026_11_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_version ATTACH PARTITION turnlock.subjects_2026_11_version_seq_idx;


--
-- Name: subjects_2026_12_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_pkey ATTACH PARTITION turnlock.subjects_2026_12_pkey;


--
-- Name: subjects_2026_12_subject_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name ATTACH PARTITION turnlock.subjects_2026_12_subject_seq_idx;


--
-- Name: subjects_2026_12_subject_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name_and_version ATTACH PARTITION turnlock.subjects_2026_12_subject_version_seq_idx;


--
-- Name: subjects_2026_12_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_version ATTACH PARTITION turnlock.subjects_2026_12_version_seq_idx;


--
-- Name: subjects_2027_01_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_pkey ATTACH PARTITION turnlock.subjects_2027_01_pkey;


--
-- Name: subjects_2027_01_subject_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name ATTACH PARTITION turnlock.subjects_2027_01_subject_seq_idx;


--
-- Name: subjects_2027_01_subject_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name_and_version ATTACH PARTITION turnlock.subjects_2027_01_subject_version_seq_idx;


--
-- Name: subjects_2027_01_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_version ATTACH PARTITION turnlock.subjects_2027_01_version_seq_idx;


--
-- Name: subjects_2027_02_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_pkey ATTACH PARTITION turnlock.subjects_2027_02_pkey;


--
-- Name: subjects_2027_02_subject_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name ATTACH PARTITION turnlock.subjects_2027_02_subject_seq_idx;


--
-- Name: subjects_2027_02_subject_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name_and_version ATTACH PARTITION turnlock.subjects_2027_02_subject_version_seq_idx;


--
-- Name: subjects_2027_02_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_version ATTACH PARTITION turnlock.subjects_2027_02_version_seq_idx;


--
-- Name: subjects_2027_03_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_pkey ATTACH PARTITION turnlock.subjects_2027_03_pkey;


--
-- Name: subjects_2027_03_subject_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name ATTACH PARTITION turnlock.subjects_2027_03_subject_seq_idx;


--
-- Name: subjects_2027_03_subject_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name_and_version ATTACH PARTITION turnlock.subjects_2027_03_subject_version_seq_idx;


--
-- Name: subjects_2027_03_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_version ATTACH PARTITION turnlock.subjects_2027_03_version_seq_idx;


--
-- Name: subjects_2027_04_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_pkey ATTACH PARTITION turnlock.subjects_2027_04_pkey;


--
-- Name: subjects_2027_04_subject_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name ATTACH PARTITION turnlock.subjects_2027_04_subject_seq_idx;


--
-- Name: subjects_2027_04_subject_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name_and_version ATTACH PARTITION turnlock.subjects_2027_04_subject_version_seq_idx;


--
-- Name: subjects_2027_04_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_version ATTACH PARTITION turnlock.subjects_2027_04_version_seq_idx;


--
-- Name: subjects_2027_05_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_pkey ATTACH PARTITION turnlock.subjects_2027_05_pkey;


--
-- Name: subjects_2027_05_subject_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name ATTACH PARTITION turnlock.subjects_2027_05_subject_seq_idx;


--
-- Name: subjects_2027_05_subject_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name_and_version ATTACH PARTITION turnlock.subjects_2027_05_subject_version_seq_idx;


--
-- Name: subjects_2027_05_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_version ATTACH PARTITION turnlock.subjects_2027_05_version_seq_idx;


--
-- Name: subjects_2027_06_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_pkey ATTACH PARTITION turnlock.subjects_2027_06_pkey;


--
-- Name: subjects_2027_06_subject_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name ATTACH PARTITION turnlock.subjects_2027_06_subject_seq_idx;


--
-- Name: subjects_2027_06_subject_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name_and_version ATTACH PARTITION turnlock.subjects_2027_06_subject_version_seq_idx;


--
-- Name: subjects_2027_06_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_version ATTACH PARTITION turnlock.subjects_2027_06_version_seq_idx;


--
-- Name: subjects_2027_07_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_pkey ATTACH PARTITION turnlock.subjects_2027_07_pkey;


--
-- Name: subjects_2027_07_subject_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name ATTACH PARTITION turnlock.subjects_2027_07_subject_seq_idx;


--
-- Name: subjects_2027_07_subject_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name_and_version ATTACH PARTITION turnlock.subjects_2027_07_subject_version_seq_idx;


--
-- Name: subjects_2027_07_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_version ATTACH PARTITION turnlock.subjects_2027_07_version_seq_idx;


--
-- Name: subjects_2027_08_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_pkey ATTACH PARTITION turnlock.subjects_2027_08_pkey;


--
-- Name: subjects_2027_08_subject_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name ATTACH PARTITION turnlock.subjects_2027_08_subject_seq_idx;


--
-- Name: subjects_2027_08_subject_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name_and_version ATTACH PARTITION turnlock.subjects_2027_08_subject_version_seq_idx;


--
-- Name: subjects_2027_08_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_version ATTACH PARTITION turnlock.subjects_2027_08_version_seq_idx;


--
-- Name: subjects_2027_09_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_pkey ATTACH PARTITION turnlock.subjects_2027_09_pkey;


--
-- Name: subjects_2027_09_subject_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name ATTACH PARTITION turnlock.subjects_2027_09_subject_seq_idx;


--
-- Name: subjects_2027_09_subject_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name_and_version ATTACH PARTITION turnlock.subjects_2027_09_subject_version_seq_idx;


--
-- Name: subjects_2027_09_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_version ATTACH PARTITION turnlock.subjects_2027_09_version_seq_idx;


--
-- Name: subjects_2027_10_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_pkey ATTACH PARTITION turnlock.subjects_2027_10_pkey;


--
-- Name: subjects_2027_10_subject_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name ATTACH PARTITION turnlock.subjects_2027_10_subject_seq_idx;


--
-- Name: subjects_2027_10_subject_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name_and_version ATTACH PARTITION turnlock.subjects_2027_10_subject_version_seq_idx;


--
-- Name: subjects_2027_10_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_version ATTACH PARTITION turnlock.subjects_2027_10_version_seq_idx;


--
-- Name: subjects_2027_11_pkey; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_pkey ATTACH PARTITION turnlock.subjects_2027_11_pkey;


--
-- Name: subjects_2027_11_subject_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name ATTACH PARTITION turnlock.subjects_2027_11_subject_seq_idx;


--
-- Name: subjects_2027_11_subject_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_name_and_version ATTACH PARTITION turnlock.subjects_2027_11_subject_version_seq_idx;


--
-- Name: subjects_2027_11_version_seq_idx; Type: INDEX ATTACH; Schema: turnlock; Owner: golden_audit_owner
--

ALTER INDEX turnlock.subjects_by_version ATTACH PARTITION turnlock.subjects_2027_11_version_seq_idx;


--
-- Name: head head_is_never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER head_is_never_emptied BEFORE TRUNCATE ON turnlock.head FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.head ENABLE ALWAYS TRIGGER head_is_never_emptied;


--
-- Name: head head_is_never_removed; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER head_is_never_removed BEFORE DELETE ON turnlock.head FOR EACH ROW EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.head ENABLE ALWAYS TRIGGER head_is_never_removed;


--
-- Name: head head_only_grows; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER head_only_grows BEFORE UPDATE ON turnlock.head FOR EACH ROW EXECUTE FUNCTION turnlock.refuse_head();

ALTER TABLE turnlock.head ENABLE ALWAYS TRIGGER head_only_grows;


--
-- Name: entries never_changed; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_changed BEFORE DELETE OR UPDATE ON turnlock.entries FOR EACH ROW EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.entries ENABLE ALWAYS TRIGGER never_changed;


--
-- Name: subjects never_changed; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_changed BEFORE DELETE OR UPDATE ON turnlock.subjects FOR EACH ROW EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.subjects ENABLE ALWAYS TRIGGER never_changed;


--
-- Name: entries never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.entries FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.entries ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: entries_2026_11 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.entries_2026_11 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.entries_2026_11 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: entries_2026_12 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.entries_2026_12 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.entries_2026_12 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: entries_2027_01 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.entries_2027_01 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.entries_2027_01 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: entries_2027_02 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.entries_2027_02 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.entries_2027_02 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: entries_2027_03 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.entries_2027_03 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.entries_2027_03 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: entries_2027_04 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.entries_2027_04 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.entries_2027_04 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: entries_2027_05 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.entries_2027_05 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.entries_2027_05 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: entries_2027_06 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.entries_2027_06 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.entries_2027_06 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: entries_2027_07 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.entries_2027_07 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.entries_2027_07 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: entries_2027_08 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.entries_2027_08 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.entries_2027_08 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: entries_2027_09 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.entries_2027_09 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.entries_2027_09 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: entries_2027_10 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.entries_2027_10 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.entries_2027_10 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: entries_2027_11 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.entries_2027_11 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.entries_2027_11 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: subjects never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.subjects FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.subjects ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: subjects_2026_11 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.subjects_2026_11 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.subjects_2026_11 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: subjects_2026_12 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.subjects_2026_12 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.subjects_2026_12 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: subjects_2027_01 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.subjects_2027_01 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.subjects_2027_01 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: subjects_2027_02 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.subjects_2027_02 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.subjects_2027_02 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: subjects_2027_03 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.subjects_2027_03 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.subjects_2027_03 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: subjects_2027_04 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.subjects_2027_04 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.subjects_2027_04 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: subjects_2027_05 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.subjects_2027_05 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.subjects_2027_05 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: subjects_2027_06 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.subjects_2027_06 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.subjects_2027_06 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: subjects_2027_07 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.subjects_2027_07 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.subjects_2027_07 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: subjects_2027_08 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.subjects_2027_08 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.subjects_2027_08 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: subjects_2027_09 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.subjects_2027_09 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.subjects_2027_09 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: subjects_2027_10 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.subjects_2027_10 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.subjects_2027_10 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: subjects_2027_11 never_emptied; Type: TRIGGER; Schema: turnlock; Owner: golden_audit_owner
--

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON turnlock.subjects_2027_11 FOR EACH STATEMENT EXECUTE FUNCTION turnlock.refuse();

ALTER TABLE turnlock.subjects_2027_11 ENABLE ALWAYS TRIGGER never_emptied;


--
-- Name: SCHEMA turnlock; Type: ACL; Schema: -; Owner: golden_audit_owner
--

GRANT USAGE ON SCHEMA turnlock TO golden_audit_writer;
GRANT USAGE ON SCHEMA turnlock TO golden_audit_reader;


--
-- Name: FUNCTION append(bodies bytea[], leaves bytea[]); Type: ACL; Schema: turnlock; Owner: golden_audit_owner
--

REVOKE ALL ON FUNCTION turnlock.append(bodies bytea[], leaves bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION turnlock.append(bodies bytea[], leaves bytea[]) TO golden_audit_writer;


--
-- Name: FUNCTION make_partitions(until timestamp with time zone); Type: ACL; Schema: turnlock; Owner: golden_audit_owner
--

REVOKE ALL ON FUNCTION turnlock.make_partitions(until timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION protect(relation regclass); Type: ACL; Schema: turnlock; Owner: golden_audit_owner
--

REVOKE ALL ON FUNCTION turnlock.protect(relation regclass) FROM PUBLIC;


--
-- Name: FUNCTION refuse(); Type: ACL; Schema: turnlock; Owner: golden_audit_owner
--

REVOKE ALL ON FUNCTION turnlock.refuse() FROM PUBLIC;


--
-- Name: FUNCTION refuse_head(); Type: ACL; Schema: turnlock; Owner: golden_audit_owner
--

REVOKE ALL ON FUNCTION turnlock.refuse_head() FROM PUBLIC;


--
-- Name: TABLE entries; Type: ACL; Schema: turnlock; Owner: golden_audit_owner
--

GRANT SELECT ON TABLE turnlock.entries TO golden_audit_reader;


--
-- Name: TABLE head; Type: ACL; Schema: turnlock; Owner: golden_audit_owner
--

GRANT SELECT ON TABLE turnlock.head TO golden_audit_reader;


--
-- Name: TABLE log; Type: ACL; Schema: turnlock; Owner: golden_audit_owner
--

GRANT SELECT ON TABLE turnlock.log TO golden_audit_reader;


--
-- Name: TABLE rotations; Type: ACL; Schema: turnlock; Owner: golden_audit_owner
--

GRANT SELECT ON TABLE turnlock.rotations TO golden_audit_reader;


--
-- Name: TABLE subjects; Type: ACL; Schema: turnlock; Owner: golden_audit_owner
--

GRANT SELECT ON TABLE turnlock.subjects TO golden_audit_reader;


--
-- Name: TABLE secrets; Type: ACL; Schema: turnlock; Owner: golden_audit_owner
--

GRANT SELECT ON TABLE turnlock.secrets TO golden_audit_reader;


--
-- PostgreSQL database dump complete
--


