CREATE TABLE `source_measure` (
	`source` text NOT NULL,
	`measure` text NOT NULL,
	`label` text NOT NULL,
	`date` text NOT NULL,
	`amount` text NOT NULL,
	PRIMARY KEY(`source`, `measure`, `label`, `date`)
);
--> statement-breakpoint
CREATE INDEX `source_measure_by_date` ON `source_measure` (`date`);--> statement-breakpoint
CREATE TABLE `token_use` (
	`source` text NOT NULL,
	`day` text NOT NULL,
	`tuple` text NOT NULL,
	`figures` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `token_use_key` ON `token_use` (`source`,`day`,`tuple`);--> statement-breakpoint
CREATE INDEX `token_use_by_day` ON `token_use` (`day`);