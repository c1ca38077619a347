CREATE TABLE `tie_out_cause` (
	`source` text NOT NULL,
	`billing_period` text NOT NULL,
	`kind` text NOT NULL,
	`position` integer NOT NULL,
	`amount` text NOT NULL,
	`sentence` text NOT NULL,
	PRIMARY KEY(`source`, `billing_period`, `kind`, `position`)
);
