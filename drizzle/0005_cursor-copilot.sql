CREATE TABLE `seat` (
	`source` text NOT NULL,
	`product` text NOT NULL,
	`seat_id` text NOT NULL,
	`span` integer NOT NULL,
	`plan` text,
	`holder` text,
	`assigned_from` text,
	`assigned_to` text,
	`last_active_day` text,
	`cancels_on` text,
	`releases_on` text,
	`price` text,
	`price_currency` text,
	`price_origin` text,
	`seen_on` text NOT NULL,
	PRIMARY KEY(`source`, `product`, `seat_id`, `span`)
);
