CREATE TABLE `first_sync` (
	`source` text PRIMARY KEY NOT NULL,
	`held` text NOT NULL,
	`held_at_ms` integer NOT NULL,
	`accepted_at_ms` integer,
	`accepted_by` text
);
--> statement-breakpoint
CREATE TABLE `model_alias` (
	`provider` text NOT NULL,
	`alias` text NOT NULL,
	`model` text NOT NULL,
	PRIMARY KEY(`provider`, `alias`)
);
--> statement-breakpoint
CREATE TABLE `price` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`snapshot_id` integer NOT NULL,
	`priority` integer NOT NULL,
	`provider` text NOT NULL,
	`model` text NOT NULL,
	`token_type` text NOT NULL,
	`context_tier` integer NOT NULL,
	`service_tier` text NOT NULL,
	`geo` text NOT NULL,
	`speed` text NOT NULL,
	`valid_from` text NOT NULL,
	`valid_to` text,
	`nanos_per_million` text NOT NULL,
	`source` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `price_by_model` ON `price` (`provider`,`model`);--> statement-breakpoint
CREATE TABLE `price_snapshot` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`source` text NOT NULL,
	`content_hash` text NOT NULL,
	`imported_at_ms` integer NOT NULL,
	`offered` integer NOT NULL,
	`added` integer NOT NULL
);
