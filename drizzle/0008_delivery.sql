CREATE TABLE `slack_installation` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text,
	`installed_by` text NOT NULL,
	`installed_at_ms` integer NOT NULL,
	`sealed` blob NOT NULL
);
