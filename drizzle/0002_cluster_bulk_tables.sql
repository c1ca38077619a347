-- Bulk tables lie in the order of their primary key: a third smaller, and no second look-up. drizzle-kit cannot
-- say WITHOUT ROWID, so the tables are laid out anew while they are still empty.
DROP TABLE `fact`;
--> statement-breakpoint
CREATE TABLE `fact` (
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
	PRIMARY KEY(`month`, `set_id`, `kind_id`, `bill_id`, `day`)
) WITHOUT ROWID;
--> statement-breakpoint
DROP TABLE `set_day`;
--> statement-breakpoint
CREATE TABLE `set_day` (
	`day` integer NOT NULL,
	`set_id` integer NOT NULL,
	`currency` text NOT NULL,
	`month` integer NOT NULL,
	`list` integer NOT NULL,
	`effective` integer NOT NULL,
	`billed` integer NOT NULL,
	PRIMARY KEY(`day`, `set_id`, `currency`)
) WITHOUT ROWID;
--> statement-breakpoint
DROP TABLE `set_month`;
--> statement-breakpoint
CREATE TABLE `set_month` (
	`month` integer NOT NULL,
	`set_id` integer NOT NULL,
	`currency` text NOT NULL,
	`first_day` integer NOT NULL,
	`last_day` integer NOT NULL,
	`effective` integer NOT NULL,
	PRIMARY KEY(`month`, `set_id`, `currency`)
) WITHOUT ROWID;
--> statement-breakpoint
DROP TABLE `allocation`;
--> statement-breakpoint
CREATE TABLE `allocation` (
	`month` integer NOT NULL,
	`dimension_id` integer NOT NULL,
	`set_id` integer NOT NULL,
	`from_day` integer NOT NULL,
	`to_day` integer NOT NULL,
	`rule_id` integer,
	`target_id` integer,
	`reason_id` integer,
	`is_split` integer NOT NULL,
	PRIMARY KEY(`month`, `dimension_id`, `set_id`, `from_day`)
) WITHOUT ROWID;
--> statement-breakpoint
DROP TABLE `split_part`;
--> statement-breakpoint
CREATE TABLE `split_part` (
	`month` integer NOT NULL,
	`part` integer NOT NULL,
	`dimension_id` integer NOT NULL,
	`rule_id` integer,
	`target_id` integer,
	`reason_id` integer,
	`way` text NOT NULL,
	PRIMARY KEY(`month`, `part`)
) WITHOUT ROWID;
--> statement-breakpoint
DROP TABLE `allocation_share`;
--> statement-breakpoint
CREATE TABLE `allocation_share` (
	`month` integer NOT NULL,
	`dimension_id` integer NOT NULL,
	`set_id` integer NOT NULL,
	`day` integer NOT NULL,
	`bill_id` integer NOT NULL,
	`part` integer NOT NULL,
	`list` integer NOT NULL,
	`effective` integer NOT NULL,
	`billed` integer NOT NULL,
	PRIMARY KEY(`month`, `dimension_id`, `set_id`, `day`, `bill_id`, `part`)
) WITHOUT ROWID;
--> statement-breakpoint
DROP TABLE `tag`;
--> statement-breakpoint
CREATE TABLE `tag` (
	`tag_set_id` integer NOT NULL,
	`name_id` integer NOT NULL,
	`value_id` integer NOT NULL,
	PRIMARY KEY(`tag_set_id`, `name_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `tag_by_name` ON `tag` (`name_id`,`value_id`);
