-- compat: breaking

-- What 1.1.0 called rush becomes the first of three priorities. Code of before does not find its column any more.
ALTER TABLE orders ADD COLUMN priority smallint NOT NULL DEFAULT 2;
UPDATE orders SET priority = 1 WHERE rush OR status = 'rush';
DROP INDEX orders_rush_idx;
ALTER TABLE orders DROP COLUMN rush;
ALTER TABLE orders ADD CONSTRAINT orders_priority_known CHECK (priority BETWEEN 1 AND 3);
CREATE INDEX orders_priority_idx ON orders (priority, due_at);

UPDATE order_statuses SET code = 'next', label = 'Next: priority 1' WHERE code = 'rush';
UPDATE order_statuses SET label = 'Waiting for pick-up or post' WHERE code = 'ready';
