-- What a person did is found by who they are, when they take their data along.

ALTER TABLE generations ADD KEY starter (started_by, id);
ALTER TABLE photo_shares ADD KEY creator (created_by, id);
ALTER TABLE archive_batches ADD KEY creator (created_by, id);
