CREATE TABLE `added_source` (
	`name` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`credential` text,
	`base_url` text,
	`path` text,
	`options` text NOT NULL,
	`added_by` text NOT NULL,
	`added_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `aside_fact` (
	`month` integer NOT NULL,
	`set_id` integer NOT NULL,
	`kind_id` integer NOT NULL,
	`bill_id` integer NOT NULL,
	`day` integer NOT NULL,
	`consumed_quantity` real,
	`pricing_quantity` real,
	`list` integer NOT NULL,
	`contracted` integer NOT NULL,
	`effective` integer NOT NULL,
	`billed` integer NOT NULL,
	`counted_from` text,
	PRIMARY KEY(`month`, `set_id`, `kind_id`, `bill_id`, `day`)
);
--> statement-breakpoint
CREATE TABLE `backfill` (
	`source` text PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`from_day` text NOT NULL,
	`to_day` text NOT NULL,
	`next_day` text NOT NULL,
	`chunk_days` integer NOT NULL,
	`state` text NOT NULL,
	`charges` integer NOT NULL,
	`started_by` text NOT NULL,
	`started_at_ms` integer NOT NULL,
	`updated_at_ms` integer NOT NULL,
	`sentence` text
);
--> statement-breakpoint
CREATE TABLE `held_day` (
	`source` text NOT NULL,
	`money` text NOT NULL,
	`account` text NOT NULL,
	`billing_account_id` text NOT NULL,
	`billing_period` text NOT NULL,
	`day` integer NOT NULL,
	`meets_on` integer NOT NULL,
	`kind` text NOT NULL,
	`standing` integer NOT NULL,
	`counted_by` text,
	PRIMARY KEY(`source`, `money`, `account`, `billing_account_id`, `billing_period`, `day`)
);
--> statement-breakpoint
CREATE INDEX `held_day_by_money` ON `held_day` (`money`,`meets_on`);--> statement-breakpoint
CREATE TABLE `paused_source` (
	`source` text PRIMARY KEY NOT NULL,
	`paused_by` text NOT NULL,
	`paused_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `pull_lease` (
	`source` text PRIMARY KEY NOT NULL,
	`owner` text NOT NULL,
	`what` text NOT NULL,
	`taken_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `pull_record` (
	`source` text PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL,
	`charges` integer NOT NULL,
	`costs` text NOT NULL,
	`confidences` text NOT NULL,
	`remarks` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `shared_set` (
	`set_id` integer PRIMARY KEY NOT NULL,
	`money` text NOT NULL
);
