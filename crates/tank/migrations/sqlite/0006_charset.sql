-- In which character set a message is read, and who says so: msh18, feed, guess, or unknown where
-- MSH-18 names a set that cannot be read. Empty where it was not recorded.
ALTER TABLE message ADD COLUMN charset TEXT NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN charset_from TEXT NOT NULL DEFAULT '';
