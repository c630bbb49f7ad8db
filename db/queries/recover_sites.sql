SELECT site_uid, customer, account FROM site_customers;
