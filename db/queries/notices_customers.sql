-- The books of a run, by customer; NULL: of none.
SELECT customer, count(*) AS targets,
       sum(disposition = 'pending') AS pending, sum(disposition = 'succeeded') AS succeeded,
       sum(disposition = 'warning') AS warning, sum(disposition = 'failed') AS failed,
       sum(disposition = 'timeout') AS timeout, sum(disposition = 'expired') AS expired,
       sum(disposition = 'skipped') AS skipped, sum(disposition = 'halted') AS halted,
       sum(disposition = 'cancelled') AS cancelled, sum(disposition = 'unknown') AS unknown
FROM targets
WHERE run = :run
GROUP BY customer
ORDER BY customer IS NULL, customer;
