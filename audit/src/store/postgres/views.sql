-- For those who ask in SQL. Everything here is made from the entries' own bytes; `turnlock audit verify` proves those.

CREATE VIEW turnlock.log WITH (security_barrier) AS
SELECT
    e.seq AS entry,
    to_timestamp(e.at / 1000000.0) AS at,
    e.action,
    d.body ->> 'phase' AS phase,
    e.outcome,
    e.target,
    (SELECT string_agg(concat_ws(' ', s.key, nullif(concat_ws(' -> ', 'v' || (s.value ->> 'from'), 'v' || (s.value ->> 'to')), '')), ', ' ORDER BY s.key)
     FROM jsonb_each(d.body -> 'subjects') AS s) AS secrets,
    e.rotation,
    (d.body ->> 'step')::bigint AS step,
    d.body ->> 'direction' AS direction,
    e.actor,
    e.requester,
    d.body -> 'asserted' AS asserted,
    e.trigger,
    d.body ->> 'reason' AS reason,
    d.body ->> 'error' AS error,
    (d.body ->> 'epoch')::bigint AS epoch,
    d.body -> 'request_ids' AS vault_requests,
    d.body ->> 'plan_hash' AS plan_hash,
    e.trace AS trace_id,
    d.body ->> 'span_id' AS span_id,
    d.body ->> 'agent' AS agent,
    d.body -> 'detail' AS detail,
    e.recorded_at,
    e.recorded_by
FROM turnlock.entries e
CROSS JOIN LATERAL (SELECT convert_from(e.body, 'UTF8')::jsonb AS body) AS d;

COMMENT ON VIEW turnlock.log IS 'One row an entry of the audit log, in its own words. Order by entry: the number is the order, never the time.';
COMMENT ON COLUMN turnlock.log.entry IS 'The entry''s number: the index of its leaf in the Merkle tree, from 0, without gaps.';
COMMENT ON COLUMN turnlock.log.at IS 'When, by the clock of the agent.';
COMMENT ON COLUMN turnlock.log.action IS 'What was done: rotation, stage, apply, verify, promote, retire, lease, import, repair, refusal, alarm, posture, ...';
COMMENT ON COLUMN turnlock.log.phase IS 'intent: written before the effect. outcome: written after it. event: told, without an effect of its own.';
COMMENT ON COLUMN turnlock.log.outcome IS 'done, failed, refused, in_doubt; empty before an effect.';
COMMENT ON COLUMN turnlock.log.target IS 'What was acted upon: a file, a database role, containers.';
COMMENT ON COLUMN turnlock.log.secrets IS 'The secrets that it is about, by name, with the versions before and after. Never a value.';
COMMENT ON COLUMN turnlock.log.rotation IS 'The run that it belongs to.';
COMMENT ON COLUMN turnlock.log.direction IS 'forward: towards the new versions. back: towards the old ones.';
COMMENT ON COLUMN turnlock.log.actor IS 'With whose powers it was done: the entity that Vault vouches for.';
COMMENT ON COLUMN turnlock.log.requester IS 'Who asked for it: an entity that Vault vouches for, or what is only asserted.';
COMMENT ON COLUMN turnlock.log.asserted IS 'What the asking process said of itself. Anybody could say so.';
COMMENT ON COLUMN turnlock.log.trigger IS 'Why then: schedule, person, event, incident.';
COMMENT ON COLUMN turnlock.log.epoch IS 'The right to act under which it was written; it grows by one with each entry `lease`.';
COMMENT ON COLUMN turnlock.log.vault_requests IS 'The request ids of the changing calls to Vault, as in Vault''s own audit log.';
COMMENT ON COLUMN turnlock.log.trace_id IS 'The OpenTelemetry trace that shows the same.';
COMMENT ON COLUMN turnlock.log.recorded_at IS 'When this server took it, by its own clock; never before the entry before it.';
COMMENT ON COLUMN turnlock.log.recorded_by IS 'The login from which this server took it.';

CREATE VIEW turnlock.rotations WITH (security_barrier) AS
SELECT
    b.rotation,
    b.at AS began,
    o.at AS ended,
    CASE WHEN o.entry IS NULL THEN 'not ended' WHEN o.outcome = 'done' AND o.error IS NOT NULL THEN 'done, something old is left'
         WHEN o.outcome = 'failed' THEN 'failed, taken back' ELSE o.outcome END AS outcome,
    b.secrets,
    b.trigger,
    b.requester,
    b.asserted,
    b.actor,
    b.reason,
    o.error,
    (SELECT count(*) FROM turnlock.log s WHERE s.rotation = b.rotation AND s.step IS NOT NULL AND s.outcome = 'failed') AS failed_steps,
    b.plan_hash,
    b.trace_id,
    b.entry AS first_entry,
    o.entry AS last_entry
FROM turnlock.log b
LEFT JOIN turnlock.log o ON o.rotation = b.rotation AND o.action = 'rotation' AND o.phase = 'outcome'
WHERE b.action = 'rotation' AND b.phase = 'intent';

COMMENT ON VIEW turnlock.rotations IS 'One row a rotation: when, of what, by whom, why, and how it ended.';
COMMENT ON COLUMN turnlock.rotations.outcome IS '`not ended`: it runs, or its process is gone and `turnlock repair` has not taken it up yet.';

CREATE VIEW turnlock.secrets WITH (security_barrier) AS
SELECT DISTINCT ON (s.subject)
    s.subject AS secret,
    s.version AS current_version,
    l.at AS since,
    l.action AS made_by,
    l.rotation,
    l.entry
FROM turnlock.subjects s
JOIN turnlock.log l ON l.entry = s.seq
WHERE l.action IN ('promote', 'import', 'repair') AND l.outcome = 'done' AND s.version >= 0
ORDER BY s.subject, s.seq DESC, s.version DESC;

COMMENT ON VIEW turnlock.secrets IS 'One row a secret: which version the log says is current, since when, and what made it so.';
