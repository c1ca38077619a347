CREATE TABLE `claim` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`kind` text NOT NULL,
	`value` text NOT NULL,
	`state` text NOT NULL,
	`revision` integer NOT NULL,
	`body` text NOT NULL,
	`opened_at_ms` integer NOT NULL,
	`updated_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `claim_unfinished` ON `claim` (`kind`,`value`) WHERE state in ('open', 'asked', 'escalated');--> statement-breakpoint
CREATE INDEX `claim_updated` ON `claim` (`updated_at_ms`);--> statement-breakpoint
CREATE TABLE `provisioned` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`external_id` text,
	`person_email` text,
	`manager` text,
	`facts` text NOT NULL,
	`document` text NOT NULL,
	`revision` integer NOT NULL,
	`created_at_ms` integer NOT NULL,
	`modified_at_ms` integer NOT NULL,
	`deleted_at_ms` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `provisioned_user_name` ON `provisioned` (`name`) WHERE kind = 'user' and deleted_at_ms is null;--> statement-breakpoint
CREATE INDEX `provisioned_by_name` ON `provisioned` (`kind`,`name`);--> statement-breakpoint
CREATE INDEX `provisioned_by_manager` ON `provisioned` (`manager`);--> statement-breakpoint
CREATE INDEX `provisioned_by_person` ON `provisioned` (`person_email`);--> statement-breakpoint
CREATE INDEX `provisioned_by_external_id` ON `provisioned` (`kind`,`external_id`);--> statement-breakpoint
CREATE TABLE `identifier_link` (
	`id` integer PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`value` text NOT NULL,
	`from_day` text NOT NULL,
	`to_day` text,
	`person` text,
	`team` text,
	`recorded_at_ms` integer NOT NULL,
	`superseded_at_ms` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `identifier_link_in_force` ON `identifier_link` (`kind`,`value`,`from_day`) WHERE superseded_at_ms is null;--> statement-breakpoint
CREATE TABLE `membership` (
	`id` integer PRIMARY KEY NOT NULL,
	`email` text NOT NULL,
	`from_day` text NOT NULL,
	`to_day` text,
	`team` text,
	`manager_email` text,
	`cost_centre` text,
	`recorded_at_ms` integer NOT NULL,
	`superseded_at_ms` integer
);
--> statement-breakpoint
CREATE INDEX `membership_in_force` ON `membership` (`email`,`from_day`) WHERE superseded_at_ms is null;--> statement-breakpoint
CREATE TABLE `person` (
	`email` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`aliases` text NOT NULL,
	`slack_user_id` text
);
--> statement-breakpoint
CREATE TABLE `team` (
	`name` text PRIMARY KEY NOT NULL,
	`parent` text,
	`owner_email` text,
	`channel` text
);
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
);
--> statement-breakpoint
CREATE TABLE `bill` (
	`id` integer PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`billing_account_id` text NOT NULL,
	`billing_period` text NOT NULL,
	`invoice_id` text,
	`invoice_issuer_name` text NOT NULL,
	`currency` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `bill_key_unique` ON `bill` (`key`);--> statement-breakpoint
CREATE INDEX `bill_by_period` ON `bill` (`billing_period`,`billing_account_id`);--> statement-breakpoint
CREATE TABLE `charge_kind` (
	`id` integer PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`confidence` text NOT NULL,
	`prior_day` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `charge_kind_key_unique` ON `charge_kind` (`key`);--> statement-breakpoint
CREATE INDEX `charge_kind_prior` ON `charge_kind` (`id`) WHERE prior_day is not null;--> statement-breakpoint
CREATE TABLE `conservation_proof` (
	`month` text NOT NULL,
	`dimension` text NOT NULL,
	`ruleset_version` integer NOT NULL,
	`proved_at_ms` integer NOT NULL,
	`groups` integer NOT NULL,
	`totals` text NOT NULL,
	PRIMARY KEY(`month`, `dimension`)
);
--> statement-breakpoint
CREATE TABLE `dim_set` (
	`id` integer PRIMARY KEY NOT NULL,
	`key_hash` blob NOT NULL,
	`tag_set_id` integer NOT NULL,
	`service_provider_name` integer,
	`publisher_name` integer,
	`invoice_issuer_name` integer,
	`service_name` integer,
	`service_category` integer,
	`billing_account_id` integer,
	`sub_account_id` integer,
	`sub_account_name` integer,
	`resource_id` integer,
	`resource_name` integer,
	`resource_type` integer,
	`region_id` integer,
	`sku_id` integer,
	`sku_meter` integer,
	`charge_category` integer,
	`source` integer NOT NULL,
	`api_key_id` integer,
	`api_key_name` integer,
	`principal_id` integer,
	`email` integer,
	`seat_id` integer,
	`model` integer,
	`customer_id` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `dim_set_key_hash_unique` ON `dim_set` (`key_hash`);--> statement-breakpoint
CREATE INDEX `dim_set_by_source` ON `dim_set` (`source`);--> statement-breakpoint
CREATE TABLE `dim_value` (
	`id` integer PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `dim_value_value_unique` ON `dim_value` (`value`);--> statement-breakpoint
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
);
--> statement-breakpoint
CREATE TABLE `feed` (
	`source` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`complete_through` text,
	`last_attempt_ms` integer,
	`last_success_ms` integer,
	`last_error` text,
	`failing_since_ms` integer
);
--> statement-breakpoint
CREATE TABLE `raw_response` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`source` text NOT NULL,
	`endpoint` text NOT NULL,
	`parameters` text NOT NULL,
	`fetched_at_ms` integer NOT NULL,
	`received_at_ms` integer NOT NULL,
	`covers_from` integer NOT NULL,
	`covers_to` integer NOT NULL,
	`is_text` integer NOT NULL,
	`body` blob NOT NULL
);
--> statement-breakpoint
CREATE INDEX `raw_response_by_source` ON `raw_response` (`source`,`id`);--> statement-breakpoint
CREATE TABLE `set_day` (
	`day` integer NOT NULL,
	`set_id` integer NOT NULL,
	`currency` text NOT NULL,
	`month` integer NOT NULL,
	`list` integer NOT NULL,
	`effective` integer NOT NULL,
	`billed` integer NOT NULL,
	PRIMARY KEY(`day`, `set_id`, `currency`)
);
--> statement-breakpoint
CREATE TABLE `set_month` (
	`month` integer NOT NULL,
	`set_id` integer NOT NULL,
	`currency` text NOT NULL,
	`first_day` integer NOT NULL,
	`last_day` integer NOT NULL,
	`effective` integer NOT NULL,
	PRIMARY KEY(`month`, `set_id`, `currency`)
);
--> statement-breakpoint
CREATE TABLE `stale_month` (
	`month` text PRIMARY KEY NOT NULL,
	`mark` integer NOT NULL,
	`cleared_mark` integer NOT NULL,
	`reasons` text NOT NULL,
	`settled_version` integer
);
--> statement-breakpoint
CREATE TABLE `tag` (
	`tag_set_id` integer NOT NULL,
	`name_id` integer NOT NULL,
	`value_id` integer NOT NULL,
	PRIMARY KEY(`tag_set_id`, `name_id`)
);
--> statement-breakpoint
CREATE INDEX `tag_by_name` ON `tag` (`name_id`,`value_id`);--> statement-breakpoint
CREATE TABLE `tag_set` (
	`id` integer PRIMARY KEY NOT NULL,
	`key` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `tag_set_key_unique` ON `tag_set` (`key`);--> statement-breakpoint
CREATE TABLE `vendor_identity` (
	`source` text NOT NULL,
	`kind` text NOT NULL,
	`id` text NOT NULL,
	`name` text,
	`email` text,
	`created_by` text,
	`sub_account_id` text,
	`status` text,
	`tags` text NOT NULL,
	`seen_on` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `vendor_identity_key` ON `vendor_identity` (`source`,`kind`,`id`);--> statement-breakpoint
CREATE TABLE `measure` (
	`measure` text NOT NULL,
	`label` text NOT NULL,
	`date` text NOT NULL,
	`amount` text NOT NULL,
	PRIMARY KEY(`measure`, `label`, `date`)
);
--> statement-breakpoint
CREATE INDEX `measure_by_date` ON `measure` (`date`);--> statement-breakpoint
CREATE TABLE `allocation_adjustment` (
	`month` integer NOT NULL,
	`day` integer NOT NULL,
	`original_month` integer NOT NULL,
	`dimension_id` integer NOT NULL,
	`set_id` integer NOT NULL,
	`currency` text NOT NULL,
	`target_id` integer NOT NULL,
	`reason_id` integer,
	`list` integer NOT NULL,
	`effective` integer NOT NULL,
	`billed` integer NOT NULL,
	PRIMARY KEY(`month`, `dimension_id`, `original_month`, `set_id`, `currency`, `target_id`)
);
--> statement-breakpoint
CREATE TABLE `month_state` (
	`month` integer PRIMARY KEY NOT NULL,
	`stage` text NOT NULL,
	`record` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `month_state_locked` ON `month_state` (`month`) WHERE stage = 'locked';--> statement-breakpoint
CREATE TABLE `prior_period_line` (
	`posted_month` integer NOT NULL,
	`set_id` integer NOT NULL,
	`kind_id` integer NOT NULL,
	`day` integer NOT NULL,
	`billing_account_id` text NOT NULL,
	`billing_period` text NOT NULL,
	`posted_bill_id` integer NOT NULL,
	`consumed_quantity` real,
	`pricing_quantity` real,
	`list` integer NOT NULL,
	`contracted` integer NOT NULL,
	`effective` integer NOT NULL,
	`billed` integer NOT NULL,
	PRIMARY KEY(`posted_month`, `set_id`, `kind_id`, `day`, `billing_account_id`, `billing_period`, `posted_bill_id`)
);
--> statement-breakpoint
CREATE TABLE `alert_case` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`dimension` text NOT NULL,
	`owner` text NOT NULL,
	`state` text NOT NULL,
	`first_day` text NOT NULL,
	`last_day` text NOT NULL,
	`figures` text NOT NULL,
	`acknowledged_by` text,
	`acknowledged_at_ms` integer,
	`opened_at_ms` integer NOT NULL,
	`updated_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `alert_case_not_closed` ON `alert_case` (`dimension`,`owner`) WHERE state <> 'closed';--> statement-breakpoint
CREATE TABLE `audit` (
	`id` integer PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`subject` text NOT NULL,
	`detail` text NOT NULL,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `job_run` (
	`job` text NOT NULL,
	`scheduled_for_ms` integer NOT NULL,
	`finished_at_ms` integer NOT NULL,
	`ok` integer NOT NULL,
	`sentence` text,
	PRIMARY KEY(`job`, `scheduled_for_ms`)
);
--> statement-breakpoint
CREATE TABLE `notice` (
	`id` integer PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`parent_key` text,
	`audience` text NOT NULL,
	`body` text NOT NULL,
	`state` text NOT NULL,
	`revision` integer NOT NULL,
	`sent_revision` integer NOT NULL,
	`attempts` integer NOT NULL,
	`next_attempt_ms` integer NOT NULL,
	`last_problem` text,
	`channel_id` text,
	`ts` text,
	`created_at_ms` integer NOT NULL,
	`sent_at_ms` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `notice_key_unique` ON `notice` (`key`);--> statement-breakpoint
CREATE INDEX `notice_unsent` ON `notice` (`next_attempt_ms`) WHERE state <> 'sent' or revision > sent_revision;--> statement-breakpoint
CREATE TABLE `seen_event` (
	`id` text PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `seen_event_at` ON `seen_event` (`at_ms`);--> statement-breakpoint
CREATE TABLE `rule` (
	`id` integer PRIMARY KEY NOT NULL,
	`dimension` text NOT NULL,
	`rule_id` text NOT NULL,
	`rank` integer NOT NULL,
	`body` text NOT NULL,
	`from_version` integer NOT NULL,
	`to_version` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `rule_in_force` ON `rule` (`dimension`,`rule_id`) WHERE to_version is null;--> statement-breakpoint
CREATE INDEX `rule_by_version` ON `rule` (`from_version`,`to_version`);--> statement-breakpoint
CREATE TABLE `rule_draft` (
	`id` text PRIMARY KEY NOT NULL,
	`content` blob NOT NULL,
	`state` text NOT NULL,
	`committed_version` integer,
	`created_at_ms` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `ruleset_version` (
	`number` integer PRIMARY KEY NOT NULL,
	`hash` text NOT NULL,
	`author` text NOT NULL,
	`approver` text,
	`note` text,
	`recorded_at_ms` integer NOT NULL,
	`dimensions` text NOT NULL,
	`shared` text NOT NULL
);
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
);
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
);
