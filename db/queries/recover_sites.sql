SELECT site_uid, customer FROM site_customers;
