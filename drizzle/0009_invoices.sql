CREATE TABLE `accepted_residual` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`source` text NOT NULL,
	`billing_account_id` text NOT NULL,
	`invoice_id` text NOT NULL,
	`version` integer NOT NULL,
	`amount` text NOT NULL,
	`reason` text NOT NULL,
	`accepted_by` text NOT NULL,
	`at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `accepted_residual_key` ON `accepted_residual` (`source`,`billing_account_id`,`invoice_id`);--> statement-breakpoint
CREATE TABLE `fx_override` (
	`from_currency` text NOT NULL,
	`to_currency` text NOT NULL,
	`from_month` text NOT NULL,
	`to_month` text,
	`rate` text NOT NULL,
	`source` text NOT NULL,
	`date` text NOT NULL,
	PRIMARY KEY(`from_currency`, `to_currency`, `from_month`)
);
--> statement-breakpoint
CREATE TABLE `fx_rate` (
	`month` text NOT NULL,
	`from_currency` text NOT NULL,
	`to_currency` text NOT NULL,
	`rate` text NOT NULL,
	`source` text NOT NULL,
	`date` text NOT NULL,
	PRIMARY KEY(`from_currency`, `to_currency`, `month`)
);
--> statement-breakpoint
CREATE TABLE `invoice_mapping` (
	`vendor` text PRIMARY KEY NOT NULL,
	`body` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `invoice_version` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`source` text NOT NULL,
	`billing_account_id` text NOT NULL,
	`invoice_id` text NOT NULL,
	`version` integer NOT NULL,
	`billing_period` text NOT NULL,
	`currency` text NOT NULL,
	`body` text NOT NULL,
	`entered_by` text NOT NULL,
	`entered_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `invoice_version_key` ON `invoice_version` (`source`,`billing_account_id`,`invoice_id`,`version`);--> statement-breakpoint
CREATE INDEX `invoice_version_by_period` ON `invoice_version` (`billing_period`);--> statement-breakpoint
ALTER TABLE `charge_kind` ADD `invoice_key` text;--> statement-breakpoint
CREATE INDEX `charge_kind_invoice` ON `charge_kind` (`invoice_key`) WHERE invoice_key is not null;--> statement-breakpoint
-- Versions of invoices, accepted residuals and rates are append-only, also for a hand on the database.
CREATE TRIGGER `invoice_version_no_update` BEFORE UPDATE ON `invoice_version` BEGIN SELECT RAISE(ABORT, 'versions of invoices are append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `invoice_version_no_delete` BEFORE DELETE ON `invoice_version` BEGIN SELECT RAISE(ABORT, 'versions of invoices are append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `accepted_residual_no_update` BEFORE UPDATE ON `accepted_residual` BEGIN SELECT RAISE(ABORT, 'accepted residuals are append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `accepted_residual_no_delete` BEFORE DELETE ON `accepted_residual` BEGIN SELECT RAISE(ABORT, 'accepted residuals are append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `fx_rate_no_update` BEFORE UPDATE ON `fx_rate` BEGIN SELECT RAISE(ABORT, 'rates never change'); END;
--> statement-breakpoint
CREATE TRIGGER `fx_rate_no_delete` BEFORE DELETE ON `fx_rate` BEGIN SELECT RAISE(ABORT, 'rates never change'); END;
