CREATE TABLE `alert_silence` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`kind` text NOT NULL,
	`case_id` integer NOT NULL,
	`cause_kind` text NOT NULL,
	`label` text NOT NULL,
	`currency` text NOT NULL,
	`from_day` text NOT NULL,
	`until_day` text NOT NULL,
	`limit_nanos` text,
	`author` text NOT NULL,
	`comment` text,
	`created_at_ms` integer NOT NULL,
	`outcome` text,
	`ended_at_ms` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `alert_silence_holds` ON `alert_silence` (`cause_kind`,`label`) WHERE outcome is null;--> statement-breakpoint
ALTER TABLE `alert_case` ADD `care` text;--> statement-breakpoint
CREATE INDEX `notice_at` ON `notice` (`channel_id`,`ts`) WHERE ts is not null;