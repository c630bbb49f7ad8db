INSERT INTO site_customers (site_uid, customer, account) VALUES (:site, :customer, :account)
ON CONFLICT (site_uid) DO UPDATE SET customer = excluded.customer, account = excluded.account;
