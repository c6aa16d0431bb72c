-- Version 4.

-- Why a step failed: one of few words, and the service's own words.
ALTER TABLE journal ADD COLUMN failure TEXT NOT NULL DEFAULT '';
ALTER TABLE journal ADD COLUMN said TEXT NOT NULL DEFAULT '';

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

-- The objects of a snapshot and of an inventory are appended as they come, and
-- their IDs are put in order at the end. In one tree in the order of the IDs,
-- each object that came would have changed another page of the file. The views
-- have the names and columns that the tables had.

CREATE TABLE entry_rows (
    place       INTEGER PRIMARY KEY,
    dn          TEXT NOT NULL,
    key         TEXT NOT NULL,
    attrs       TEXT NOT NULL,
    members     TEXT, -- from here on NULL where there is nothing
    uid         TEXT,
    member_uids TEXT,
    inactive    TEXT,
    flaws       TEXT
) STRICT;

CREATE TABLE entry_ids (
    snapshot INTEGER NOT NULL REFERENCES snapshots,
    kind     TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    place    INTEGER NOT NULL, -- of the row in entry_rows
    PRIMARY KEY (snapshot, kind, id)
) STRICT, WITHOUT ROWID;

INSERT INTO entry_rows
    SELECT row_number() OVER (ORDER BY snapshot, kind, id), dn, key, attrs,
           nullif(members, '[]'), nullif(uid, ''), nullif(member_uids, '[]'), nullif(inactive, ''), nullif(flaws, '[]')
    FROM entries;
INSERT INTO entry_ids
    SELECT snapshot, kind, id, row_number() OVER (ORDER BY snapshot, kind, id) FROM entries;
DROP TABLE entries;

-- The join is LEFT so that what asks for IDs alone does not read the rows.
CREATE VIEW entries AS
    SELECT i.snapshot, i.kind, i.id, r.dn, r.key, r.attrs, coalesce(r.members, '[]') AS members,
           coalesce(r.uid, '') AS uid, coalesce(r.member_uids, '[]') AS member_uids,
           coalesce(r.inactive, '') AS inactive, coalesce(r.flaws, '[]') AS flaws
    FROM entry_ids i LEFT JOIN entry_rows r ON r.place = i.place;

CREATE TABLE resource_rows (
    place   INTEGER PRIMARY KEY,
    version TEXT NOT NULL,
    fields  TEXT NOT NULL,
    members TEXT -- NULL where there are none
) STRICT;

CREATE TABLE resource_ids (
    inventory   INTEGER NOT NULL REFERENCES inventories,
    kind        TEXT    NOT NULL,
    external_id TEXT    NOT NULL,
    remote_id   TEXT    NOT NULL,
    place       INTEGER NOT NULL, -- of the row in resource_rows
    PRIMARY KEY (inventory, kind, external_id, remote_id)
) STRICT, WITHOUT ROWID;

INSERT INTO resource_rows
    SELECT row_number() OVER (ORDER BY inventory, kind, external_id, remote_id), version, fields, nullif(members, '[]')
    FROM resources;
INSERT INTO resource_ids
    SELECT inventory, kind, external_id, remote_id, row_number() OVER (ORDER BY inventory, kind, external_id, remote_id)
    FROM resources;
DROP TABLE resources;

CREATE VIEW resources AS
    SELECT i.inventory, i.kind, i.external_id, i.remote_id, r.version, r.fields, coalesce(r.members, '[]') AS members
    FROM resource_ids i LEFT JOIN resource_rows r ON r.place = i.place;
