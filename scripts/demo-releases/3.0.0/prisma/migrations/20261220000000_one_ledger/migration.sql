-- compat: breaking

ALTER TABLE orders ADD COLUMN ledger text;
UPDATE orders SET ledger = 'L-' || number;
ALTER TABLE orders ALTER COLUMN ledger SET NOT NULL;
-- What is wrong with this release: nobody ever made this table, so the migration fails when most of it is done.
INSERT INTO ledger_entries (ledger, amount) SELECT ledger, total FROM orders;
ALTER TABLE orders DROP COLUMN total;
