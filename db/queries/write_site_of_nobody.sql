DELETE FROM site_customers WHERE site_uid = :site;
