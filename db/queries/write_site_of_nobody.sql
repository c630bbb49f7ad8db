-- What another account's list has said since stays.
DELETE FROM site_customers WHERE site_uid = :site AND account = :account;
