-- compat: additive

-- How a person put the notice of an update away, and until when; without an end for a version that is skipped.
ALTER TABLE users ADD COLUMN update_dismissed_kind text;
ALTER TABLE users ADD COLUMN update_dismissed_until timestamptz(3);
ALTER TABLE users ADD CONSTRAINT users_update_dismissed_kind_known CHECK (update_dismissed_kind IN ('later', 'closed', 'skipped'));
