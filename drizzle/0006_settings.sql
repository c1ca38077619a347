CREATE TABLE `plan` (
	`id` integer PRIMARY KEY NOT NULL,
	`dimension` text NOT NULL,
	`owner` text NOT NULL,
	`month` text NOT NULL,
	`currency` text,
	`amount` text,
	`phasing` text,
	`author` text NOT NULL,
	`recorded_at_ms` integer NOT NULL,
	`superseded_at_ms` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `plan_in_force` ON `plan` (`dimension`,`owner`,`month`) WHERE superseded_at_ms is null;--> statement-breakpoint
CREATE INDEX `plan_by_month` ON `plan` (`month`);--> statement-breakpoint
CREATE TABLE `settings_edition` (
	`number` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`area` text NOT NULL,
	`value` text NOT NULL,
	`author` text NOT NULL,
	`recorded_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `settings_edition_by_area` ON `settings_edition` (`area`,`number`);