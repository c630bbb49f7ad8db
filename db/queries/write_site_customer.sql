INSERT INTO site_customers (site_uid, customer) VALUES (:site, :customer)
ON CONFLICT (site_uid) DO UPDATE SET customer = excluded.customer;
