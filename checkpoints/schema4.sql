-- Version 4.

-- The journal. Steps are marked as sending by one row for all that follow each
-- other, and each gets a row of its own when it is known what became of it. The
-- view has the name and columns that the table had, and those of why a step
-- failed: failure is one of few words, and said the service's own. A step without
-- a row in it is pending.

CREATE TABLE journal_marks (
    plan  INTEGER NOT NULL REFERENCES plans ON DELETE CASCADE,
    first INTEGER NOT NULL, -- the steps from first to last have been marked
    last  INTEGER NOT NULL,
    low   INTEGER NOT NULL, -- those before low have a row of their own
    run   INTEGER NOT NULL REFERENCES runs,
    at    TEXT    NOT NULL, -- when the last of them was marked
    PRIMARY KEY (plan, first)
) STRICT, WITHOUT ROWID;

-- Each row lies within a mark, which has the references: a run writes a row for
-- each step, and would look them up each time.
CREATE TABLE journal_rows (
    plan      INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    state     TEXT    NOT NULL, -- pending, done, failed; sending when it is marked again
    run       INTEGER NOT NULL,
    attempts  INTEGER NOT NULL,
    remote_id TEXT    NOT NULL,
    version   TEXT    NOT NULL,
    error     TEXT    NOT NULL,
    failure   TEXT    NOT NULL,
    said      TEXT    NOT NULL,
    at        TEXT    NOT NULL,
    PRIMARY KEY (plan, seq)
) STRICT, WITHOUT ROWID;

INSERT INTO journal_rows
    SELECT plan, seq, state, run, attempts, remote_id, version, error, '', '', at FROM journal;
INSERT INTO journal_marks
    SELECT plan, min(seq), max(seq), max(seq) + 1, max(run), max(at)
    FROM (SELECT *, seq - row_number() OVER (PARTITION BY plan ORDER BY seq) AS stretch FROM journal)
    GROUP BY plan, stretch;
DROP TABLE journal;
CREATE INDEX journal_open ON journal_rows (plan, state) WHERE state <> 'done';

CREATE VIEW journal AS
    SELECT plan, seq, state, run, attempts, remote_id, version, error, failure, said, at FROM journal_rows
    UNION ALL
    SELECT m.plan, s.seq, 'sending', m.run, 0, '', '', '', '', '', m.at
    FROM journal_marks m JOIN steps s ON s.plan = m.plan AND s.seq BETWEEN m.low AND m.last
    WHERE NOT EXISTS (SELECT 1 FROM journal_rows j WHERE j.plan = s.plan AND j.seq = s.seq);

-- A report reads what became of each object's steps from this index and the
-- journal, without the steps.
DROP INDEX steps_object;
CREATE INDEX steps_object ON steps (plan, object, seq, kind, source, action, wave, id);

-- The plan that this one undoes, and the run of it alone, or 0 for all.
ALTER TABLE plans ADD COLUMN undoes INTEGER REFERENCES plans;
ALTER TABLE plans ADD COLUMN undoes_run INTEGER NOT NULL DEFAULT 0;

-- What the last report found of each wave that it read back.
CREATE TABLE reconciled (
    plan    INTEGER NOT NULL REFERENCES plans ON DELETE CASCADE,
    wave    TEXT    NOT NULL,
    run     INTEGER NOT NULL, -- the last run before the report
    at      TEXT    NOT NULL,
    open    INTEGER NOT NULL, -- how much of the wave was not as the plan wants it
    PRIMARY KEY (plan, wave)
) STRICT, WITHOUT ROWID;

-- The entries of a snapshot are in blocks, in the order of their kinds and IDs,
-- the last of one before the first of the next: a row costs as much as a dozen
-- entries in it. The view has the name and the columns that the table had. To
-- look one up among very many, say which block too: first <= ID, and last >= ID.

CREATE TABLE entry_blocks (
    snapshot INTEGER NOT NULL REFERENCES snapshots,
    kind     TEXT    NOT NULL,
    first    TEXT    NOT NULL, -- the least ID in it
    entries  INTEGER NOT NULL, -- how many
    body     TEXT    NOT NULL, -- JSON: [[id, dn, key, attrs, uid, inactive, flaws], ...]; the last three may be missing
    members  TEXT,             -- JSON: [[members, member_uids], ...]; [] where an entry has none, NULL where none has any
    PRIMARY KEY (snapshot, kind, first)
) STRICT;

INSERT INTO entry_blocks
    SELECT snapshot, kind, min(id), count(*),
           json_group_array(json_array(id, dn, key, json(attrs), uid, inactive, json(flaws)) ORDER BY id),
           CASE WHEN max(members <> '[]' OR member_uids <> '[]') THEN json_group_array(json_array(json(members), json(member_uids)) ORDER BY id) END
    FROM (SELECT *, sum(length(attrs) + length(members)) OVER (PARTITION BY snapshot, kind ORDER BY id) / 65536 AS block FROM entries)
    GROUP BY snapshot, kind, block;
DROP TABLE entries;

-- A snapshot that is as an earlier one has no blocks of its own. The checksum, of
-- the entries as they are stored, finds that one; the digest tells.
ALTER TABLE snapshots ADD COLUMN checksum INTEGER;
ALTER TABLE snapshots ADD COLUMN same_as INTEGER REFERENCES snapshots;

CREATE VIEW entries AS
    SELECT s.id AS snapshot, b.kind, e.value ->> 0 AS id, e.value ->> 1 AS dn, e.value ->> 2 AS key, e.value -> 3 AS attrs,
           coalesce(b.members -> e.key -> 0, '[]') AS members,
           coalesce(e.value ->> 4, '') AS uid, coalesce(b.members -> e.key -> 1, '[]') AS member_uids,
           coalesce(e.value ->> 5, '') AS inactive, coalesce(e.value -> 6, '[]') AS flaws
    FROM snapshots s JOIN entry_blocks b ON b.snapshot = coalesce(s.same_as, s.id), json_each(b.body) e;

-- So are the resources of an inventory; those without an ID of ours have blocks of
-- their own, which come first.

CREATE TABLE resource_blocks (
    inventory   INTEGER NOT NULL REFERENCES inventories,
    kind        TEXT    NOT NULL,
    number      INTEGER NOT NULL, -- in the order of the blocks
    first       TEXT    NOT NULL, -- the least external ID in it, or ''
    resources   INTEGER NOT NULL, -- how many
    memberships INTEGER NOT NULL, -- of all of them
    body        TEXT    NOT NULL, -- JSON: [[external_id, remote_id, version, fields], ...]
    members     TEXT,             -- JSON: [members, ...]; NULL where none has any
    PRIMARY KEY (inventory, kind, number)
) STRICT;

INSERT INTO resource_blocks
    SELECT inventory, kind, 2 * block + (external_id <> '') AS number, min(external_id), count(*), sum(json_array_length(members)),
           json_group_array(json_array(external_id, remote_id, version, json(fields)) ORDER BY external_id, remote_id),
           CASE WHEN max(members <> '[]') THEN json_group_array(json(members) ORDER BY external_id, remote_id) END
    FROM (SELECT *, sum(length(fields) + length(members)) OVER (PARTITION BY inventory, kind ORDER BY external_id, remote_id) / 65536 AS block FROM resources)
    GROUP BY inventory, kind, number;
DROP TABLE resources;

ALTER TABLE inventories ADD COLUMN checksum INTEGER;
ALTER TABLE inventories ADD COLUMN same_as INTEGER REFERENCES inventories;

CREATE VIEW resources AS
    SELECT i.id AS inventory, b.kind, r.value ->> 0 AS external_id, r.value ->> 1 AS remote_id, r.value ->> 2 AS version, r.value -> 3 AS fields,
           coalesce(b.members -> r.key, '[]') AS members
    FROM inventories i JOIN resource_blocks b ON b.inventory = coalesce(i.same_as, i.id), json_each(b.body) r;

-- What a run has sent and waited for so far, beyond what the journal says.
CREATE TABLE sent (
    run      INTEGER NOT NULL REFERENCES runs,
    action   TEXT    NOT NULL, -- + ~ = > !; ? for looking a step up
    kind     TEXT    NOT NULL,
    requests INTEGER NOT NULL,
    retries  INTEGER NOT NULL, -- those of the requests that were not a step's first
    PRIMARY KEY (run, action, kind)
) STRICT, WITHOUT ROWID;
ALTER TABLE runs ADD COLUMN throttled INTEGER NOT NULL DEFAULT 0; -- answers that asked to slow down
ALTER TABLE runs ADD COLUMN waited_ms INTEGER NOT NULL DEFAULT 0; -- the time in which the destination had asked to wait

-- What became of every object when the destination was read back. Objects that
-- are as the plan wants them have no row in report_objects: their class follows
-- from the plan's decision.
CREATE TABLE reports (
    id        INTEGER PRIMARY KEY,
    plan      INTEGER NOT NULL REFERENCES plans,
    inventory INTEGER NOT NULL REFERENCES inventories, -- as read back
    made_at   TEXT    NOT NULL,
    head      TEXT    NOT NULL -- JSON: counts and evidence
) STRICT;

CREATE TABLE report_objects (
    report   INTEGER NOT NULL REFERENCES reports ON DELETE CASCADE,
    kind     TEXT    NOT NULL, -- person, group, unit
    object   TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    planned  TEXT    NOT NULL, -- the class in the plan
    class    TEXT    NOT NULL,
    code     TEXT    NOT NULL, -- the check that excluded, blocked or stopped it
    failure  TEXT    NOT NULL, -- why a step on it failed, as in the journal
    why      TEXT    NOT NULL,
    remedy   TEXT    NOT NULL,
    remote   TEXT    NOT NULL, -- the destination's id as it was read back, or ''
    attempts INTEGER NOT NULL,
    run      INTEGER NOT NULL, -- the last that recorded one of its steps, or 0
    at       TEXT    NOT NULL, -- when
    PRIMARY KEY (report, kind, object)
) STRICT, WITHOUT ROWID;

-- The steps that would make a drifted object right.
CREATE TABLE report_differences (
    report INTEGER NOT NULL REFERENCES reports ON DELETE CASCADE,
    kind   TEXT    NOT NULL,
    object TEXT    NOT NULL,
    seq    INTEGER NOT NULL,
    body   TEXT    NOT NULL, -- JSON
    PRIMARY KEY (report, kind, object, seq)
) STRICT, WITHOUT ROWID;

-- What the destination holds and the source does not know.
CREATE TABLE report_unexpected (
    report      INTEGER NOT NULL REFERENCES reports ON DELETE CASCADE,
    kind        TEXT    NOT NULL,
    remote_id   TEXT    NOT NULL,
    external_id TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    PRIMARY KEY (report, kind, remote_id)
) STRICT, WITHOUT ROWID;

-- Names are replaced by a digest with this key where a view leaves them out.
-- It belongs to this file and opens nothing.
CREATE TABLE pseudonyms (key BLOB NOT NULL) STRICT;
INSERT INTO pseudonyms VALUES (randomblob(32));

-- The vendor's own records, as gathered at one time.
CREATE TABLE tenants (
    id       INTEGER PRIMARY KEY,
    digest   TEXT    NOT NULL, -- of the accounts and the records
    taken_at TEXT    NOT NULL,
    source   TEXT    NOT NULL, -- where they are from, in words
    records  TEXT    NOT NULL  -- JSON: accounts by source, groups, what refers to LDAP
) STRICT;

CREATE TABLE accounts (
    tenant INTEGER NOT NULL REFERENCES tenants ON DELETE CASCADE,
    uid    TEXT    NOT NULL, -- the user ID, folded
    source TEXT    NOT NULL, -- LDAP, LOCAL, SCIM_AAD and others
    body   TEXT    NOT NULL, -- JSON: the whole account
    PRIMARY KEY (tenant, uid)
) STRICT, WITHOUT ROWID;

-- The records that a plan was made with, or NULL.
ALTER TABLE plans ADD COLUMN tenant INTEGER REFERENCES tenants;

-- What was seen of a prerequisite.
CREATE TABLE evidence (
    id      INTEGER PRIMARY KEY,
    subject TEXT NOT NULL, -- ldap-disabled
    name    TEXT NOT NULL, -- the LDAP server's name, or ''
    kind    TEXT NOT NULL, -- audit-trail, account-counts, canary, unsupported-probe
    bearing TEXT NOT NULL, -- proves, supports, contradicts, inconclusive
    at      TEXT NOT NULL, -- the time that it tells of
    seen_at TEXT NOT NULL, -- when it was gathered
    says    TEXT NOT NULL, -- the sentence
    source  TEXT NOT NULL, -- the file or interface, or ''
    digest  TEXT NOT NULL  -- the SHA-256 of what came from it, or ''
) STRICT;
