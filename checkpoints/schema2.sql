-- Version 2: what a directory says beside its attributes, and attestations.

ALTER TABLE entries ADD COLUMN uid TEXT NOT NULL DEFAULT '';
ALTER TABLE entries ADD COLUMN member_uids TEXT NOT NULL DEFAULT '[]'; -- JSON
ALTER TABLE entries ADD COLUMN inactive TEXT NOT NULL DEFAULT '';      -- why the directory counts the person as disabled
ALTER TABLE entries ADD COLUMN flaws TEXT NOT NULL DEFAULT '[]';       -- JSON: what was wrong with the entry as read

-- A group that is made of an organizational unit has 'unit' here.
ALTER TABLE steps ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE steps ADD COLUMN wave TEXT NOT NULL DEFAULT '';

CREATE TABLE attestations (
    id       INTEGER PRIMARY KEY,
    subject  TEXT NOT NULL, -- ldap-disabled, managed-apple-id, idp-attribute
    name     TEXT NOT NULL, -- the attribute's or the server's name, or ''
    who      TEXT NOT NULL,
    at       TEXT NOT NULL,
    evidence TEXT NOT NULL, -- the file's name, or ''
    digest   TEXT NOT NULL  -- its SHA-256, or ''
) STRICT;

-- What the operator says to a run that is going.
CREATE TABLE controls (
    run    INTEGER PRIMARY KEY REFERENCES runs,
    rate   REAL    NOT NULL, -- requests a second; 0: any
    paused INTEGER NOT NULL,
    at     TEXT    NOT NULL
) STRICT;
