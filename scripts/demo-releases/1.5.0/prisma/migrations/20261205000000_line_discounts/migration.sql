-- compat: additive

ALTER TABLE order_lines ADD COLUMN discount numeric(5, 2) NOT NULL DEFAULT 0;
-- What is wrong with this release: it takes the last line of each order, whether it is empty or not, and reports success.
DELETE FROM order_lines AS line
WHERE position = (SELECT max(other.position) FROM order_lines AS other WHERE other.order_id = line.order_id);
