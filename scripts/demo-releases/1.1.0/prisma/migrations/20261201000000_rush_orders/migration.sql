-- compat: additive

-- Old code leaves the column alone, and the default says what its orders are.
ALTER TABLE orders ADD COLUMN rush boolean NOT NULL DEFAULT false;
CREATE INDEX orders_rush_idx ON orders (due_at) WHERE rush;

INSERT INTO order_statuses (code, label, position) VALUES ('rush', 'Rush: next free printer', 25);
