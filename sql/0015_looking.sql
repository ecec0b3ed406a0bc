-- Photos by how they were moderated, and those of an album in its order.

-- Without the shelf: deleting and archiving need not touch it.
ALTER TABLE photos ADD KEY moderation (organization_id, status, id);

ALTER TABLE album_photos ADD KEY place (album_id, position, photo_id);
