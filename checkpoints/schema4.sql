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
