ALTER TABLE `dim_set` ADD `prior_day` integer;--> statement-breakpoint
CREATE INDEX `dim_set_prior` ON `dim_set` (`prior_day`) WHERE prior_day is not null;--> statement-breakpoint
-- Prior-period lines of open months get sets of their own, one for each real day; locked months stay as they are.
INSERT INTO dim_set (key_hash, prior_day, tag_set_id, service_provider_name, publisher_name, invoice_issuer_name, service_name, service_category, billing_account_id, sub_account_id, sub_account_name, resource_id, resource_name, resource_type, region_id, sku_id, sku_meter, charge_category, source, api_key_id, api_key_name, principal_id, email, seat_id, model, customer_id)
SELECT cast(hex(s.key_hash) || '/' || l.day as blob), l.day, s.tag_set_id, s.service_provider_name, s.publisher_name, s.invoice_issuer_name, s.service_name, s.service_category, s.billing_account_id, s.sub_account_id, s.sub_account_name, s.resource_id, s.resource_name, s.resource_type, s.region_id, s.sku_id, s.sku_meter, s.charge_category, s.source, s.api_key_id, s.api_key_name, s.principal_id, s.email, s.seat_id, s.model, s.customer_id
FROM (select distinct set_id, day from prior_period_line where posted_month > coalesce((select max(month) from month_state where stage = 'locked'), 0)) l JOIN dim_set s ON s.id = l.set_id;--> statement-breakpoint
UPDATE fact SET set_id = (
  select p.id from dim_set s join charge_kind k on k.id = fact.kind_id
  join dim_set p on p.key_hash = cast(hex(s.key_hash) || '/' || k.prior_day as blob) where s.id = fact.set_id
)
WHERE month IN (select posted_month from prior_period_line where posted_month > coalesce((select max(month) from month_state where stage = 'locked'), 0)) AND kind_id IN (select id from charge_kind where prior_day is not null);--> statement-breakpoint
DELETE FROM set_day WHERE month IN (select posted_month from prior_period_line where posted_month > coalesce((select max(month) from month_state where stage = 'locked'), 0));--> statement-breakpoint
INSERT INTO set_day (day, set_id, currency, month, list, effective, billed)
SELECT f.day, f.set_id, b.currency, f.month, sum(f.list), sum(f.effective), sum(f.billed)
FROM fact f JOIN bill b ON b.id = f.bill_id WHERE f.month IN (select posted_month from prior_period_line where posted_month > coalesce((select max(month) from month_state where stage = 'locked'), 0)) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;--> statement-breakpoint
DELETE FROM set_month WHERE month IN (select posted_month from prior_period_line where posted_month > coalesce((select max(month) from month_state where stage = 'locked'), 0));--> statement-breakpoint
INSERT INTO set_month (month, set_id, currency, first_day, last_day, effective)
SELECT month, set_id, currency, min(day), max(day), sum(effective) FROM set_day
WHERE month IN (select posted_month from prior_period_line where posted_month > coalesce((select max(month) from month_state where stage = 'locked'), 0)) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;--> statement-breakpoint
INSERT INTO stale_month (month, mark, cleared_mark, reasons)
SELECT distinct printf('%04d-%02d', month / 100, month % 100), 1, 0, '["Late charges follow their real day"]' FROM (
  select posted_month as month from prior_period_line where posted_month > coalesce((select max(month) from month_state where stage = 'locked'), 0)
  union select cast(strftime('%Y%m', day * 86400, 'unixepoch') as integer) from prior_period_line where posted_month > coalesce((select max(month) from month_state where stage = 'locked'), 0)
) WHERE true
ON CONFLICT (month) DO UPDATE SET mark = mark + 1, settled_version = null, reasons = excluded.reasons;
