-- Mail is queued with the values of its template, in the transaction of the act that causes it, and
-- put into words when it is sent.

ALTER TABLE mail_outbox
  ADD COLUMN data MEDIUMTEXT NULL COMMENT 'JSON: values of the template; NULL once subject and bodies are made of them' AFTER template,
  ADD COLUMN body_until DATETIME(6) NULL COMMENT 'when data, subject and bodies are blanked, UTC; NULL before it is sent or given up, and once they are' AFTER sent_at,
  ADD KEY body (body_until);

-- Finds archived photos whose owner is to be told of the coming purge without reading those of the told.
ALTER TABLE photos ADD KEY reminder (organization_id, purge_mail_at, purge_after, uploader_id);
