-- Version 3: what a check was waived for, and attestations by a machine.

ALTER TABLE findings ADD COLUMN waived TEXT NOT NULL DEFAULT '';          -- the reason, where a check warns instead of blocking
ALTER TABLE attestations ADD COLUMN proven INTEGER NOT NULL DEFAULT 0;    -- 1 where a machine has seen it
