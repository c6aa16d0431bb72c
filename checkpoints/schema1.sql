-- Version 1 of the state file. It is ordinary SQL: docs/state-file.md has
-- queries for administrators.

CREATE TABLE snapshots (
    id       INTEGER PRIMARY KEY,
    digest   TEXT    NOT NULL,
    taken_at TEXT    NOT NULL, -- RFC 3339, UTC, as all times here
    source   TEXT    NOT NULL, -- the directory, in words
    complete INTEGER NOT NULL,
    proof    TEXT    NOT NULL  -- JSON: each search, its pages and its end
) STRICT;

CREATE TABLE entries (
    snapshot INTEGER NOT NULL REFERENCES snapshots ON DELETE CASCADE,
    kind     TEXT    NOT NULL, -- person, group, unit
    id       TEXT    NOT NULL, -- the stable ID
    dn       TEXT    NOT NULL,
    key      TEXT    NOT NULL, -- the DN folded for comparison
    attrs    TEXT    NOT NULL, -- JSON: {"mail": ["ada@example.com"]}; base64:NAME where a value is not text
    members  TEXT    NOT NULL, -- JSON: folded DNs
    PRIMARY KEY (snapshot, kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE inventories (
    id          INTEGER PRIMARY KEY,
    digest      TEXT    NOT NULL,
    taken_at    TEXT    NOT NULL,
    destination TEXT    NOT NULL,
    complete    INTEGER NOT NULL,
    proof       TEXT    NOT NULL
) STRICT;

CREATE TABLE resources (
    inventory   INTEGER NOT NULL REFERENCES inventories ON DELETE CASCADE,
    kind        TEXT    NOT NULL, -- person, group
    external_id TEXT    NOT NULL, -- '' where the object bears none
    remote_id   TEXT    NOT NULL,
    version     TEXT    NOT NULL,
    fields      TEXT    NOT NULL, -- JSON: {"userName": "ada"}
    members     TEXT    NOT NULL, -- JSON: remote ids
    PRIMARY KEY (inventory, kind, external_id, remote_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE plans (
    id        INTEGER PRIMARY KEY,
    digest    TEXT    NOT NULL,
    made_at   TEXT    NOT NULL,
    snapshot  INTEGER NOT NULL REFERENCES snapshots,
    inventory INTEGER NOT NULL REFERENCES inventories,
    settings  TEXT    NOT NULL, -- digest of the configuration it was made with
    rules     TEXT    NOT NULL, -- JSON
    summary   TEXT    NOT NULL  -- JSON
) STRICT;

CREATE TABLE steps (
    plan   INTEGER NOT NULL REFERENCES plans ON DELETE CASCADE,
    seq    INTEGER NOT NULL, -- the order of sending, from 1
    id     TEXT    NOT NULL,
    action TEXT    NOT NULL, -- + ~ = > !
    kind   TEXT    NOT NULL,
    object TEXT    NOT NULL,
    name   TEXT    NOT NULL,
    hazard TEXT    NOT NULL,
    body   TEXT    NOT NULL, -- JSON: the whole step
    PRIMARY KEY (plan, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX steps_object ON steps (plan, object);

CREATE TABLE findings (
    plan     INTEGER NOT NULL REFERENCES plans ON DELETE CASCADE,
    seq      INTEGER NOT NULL,
    code     TEXT    NOT NULL,
    severity TEXT    NOT NULL, -- block, warn, note
    kind     TEXT    NOT NULL,
    object   TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    sentence TEXT    NOT NULL,
    remedy   TEXT    NOT NULL,
    PRIMARY KEY (plan, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE decisions (
    plan   INTEGER NOT NULL REFERENCES plans ON DELETE CASCADE,
    kind   TEXT    NOT NULL,
    object TEXT    NOT NULL,
    name   TEXT    NOT NULL,
    class  TEXT    NOT NULL,
    code   TEXT    NOT NULL,
    remote TEXT    NOT NULL,
    PRIMARY KEY (plan, kind, object)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
    id         INTEGER PRIMARY KEY,
    plan       INTEGER NOT NULL REFERENCES plans,
    version    TEXT    NOT NULL, -- of the program
    started_at TEXT    NOT NULL,
    ended_at   TEXT    NOT NULL, -- '' while it goes, and after a kill
    outcome    TEXT    NOT NULL
) STRICT;

-- A step without a row here is pending.
CREATE TABLE journal (
    plan      INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    state     TEXT    NOT NULL, -- pending, sending, done, failed
    run       INTEGER NOT NULL REFERENCES runs,
    attempts  INTEGER NOT NULL,
    remote_id TEXT    NOT NULL,
    version   TEXT    NOT NULL,
    error     TEXT    NOT NULL,
    at        TEXT    NOT NULL,
    PRIMARY KEY (plan, seq),
    FOREIGN KEY (plan, seq) REFERENCES steps ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_state ON journal (plan, state) WHERE state <> 'done';
