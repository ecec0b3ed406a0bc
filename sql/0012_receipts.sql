-- Receipts of what was purged, and the public halves of keys that are gone, to verify them with.

ALTER TABLE signing_keys
  ADD COLUMN public_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'PASERK k4.public of a key that signs: verifies receipts after the key itself was removed; NULL of a key that seals' AFTER purpose;

ALTER TABLE deletions
  ADD COLUMN receipt TEXT CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'signed when it became purged (PASETO v4.public), without anything personal; NULL before, and where no key was at hand';
