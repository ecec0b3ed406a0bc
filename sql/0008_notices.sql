-- A notice that nobody needs by law carries a link by which its addressee ends such notices.

ALTER TABLE mail_outbox
  ADD COLUMN unsubscribe VARCHAR(1000) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'path that ends notices of this kind; NULL for mail that always goes; blanked with the body' AFTER data;
