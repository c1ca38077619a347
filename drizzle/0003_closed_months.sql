-- The charges, roll-ups and allocations of a closed month never change, also not under a hand on the database.
-- A month is closed when it, or a later one, is locked.
CREATE TRIGGER `fact_closed_insert` BEFORE INSERT ON `fact` WHEN NEW.`month` <= (SELECT max(`month`) FROM `month_state` WHERE `stage` = 'locked') BEGIN SELECT RAISE(ABORT, 'the month is locked'); END;
--> statement-breakpoint
CREATE TRIGGER `fact_closed_update` BEFORE UPDATE ON `fact` WHEN min(OLD.`month`, NEW.`month`) <= (SELECT max(`month`) FROM `month_state` WHERE `stage` = 'locked') BEGIN SELECT RAISE(ABORT, 'the month is locked'); END;
--> statement-breakpoint
CREATE TRIGGER `fact_closed_delete` BEFORE DELETE ON `fact` WHEN OLD.`month` <= (SELECT max(`month`) FROM `month_state` WHERE `stage` = 'locked') BEGIN SELECT RAISE(ABORT, 'the month is locked'); END;
--> statement-breakpoint
CREATE TRIGGER `set_day_closed_insert` BEFORE INSERT ON `set_day` WHEN NEW.`month` <= (SELECT max(`month`) FROM `month_state` WHERE `stage` = 'locked') BEGIN SELECT RAISE(ABORT, 'the month is locked'); END;
--> statement-breakpoint
CREATE TRIGGER `set_day_closed_update` BEFORE UPDATE ON `set_day` WHEN min(OLD.`month`, NEW.`month`) <= (SELECT max(`month`) FROM `month_state` WHERE `stage` = 'locked') BEGIN SELECT RAISE(ABORT, 'the month is locked'); END;
--> statement-breakpoint
CREATE TRIGGER `set_day_closed_delete` BEFORE DELETE ON `set_day` WHEN OLD.`month` <= (SELECT max(`month`) FROM `month_state` WHERE `stage` = 'locked') BEGIN SELECT RAISE(ABORT, 'the month is locked'); END;
--> statement-breakpoint
CREATE TRIGGER `set_month_closed_insert` BEFORE INSERT ON `set_month` WHEN NEW.`month` <= (SELECT max(`month`) FROM `month_state` WHERE `stage` = 'locked') BEGIN SELECT RAISE(ABORT, 'the month is locked'); END;
--> statement-breakpoint
CREATE TRIGGER `set_month_closed_update` BEFORE UPDATE ON `set_month` WHEN min(OLD.`month`, NEW.`month`) <= (SELECT max(`month`) FROM `month_state` WHERE `stage` = 'locked') BEGIN SELECT RAISE(ABORT, 'the month is locked'); END;
--> statement-breakpoint
CREATE TRIGGER `set_month_closed_delete` BEFORE DELETE ON `set_month` WHEN OLD.`month` <= (SELECT max(`month`) FROM `month_state` WHERE `stage` = 'locked') BEGIN SELECT RAISE(ABORT, 'the month is locked'); END;
--> statement-breakpoint
CREATE TRIGGER `allocation_closed_insert` BEFORE INSERT ON `allocation` WHEN NEW.`month` <= (SELECT max(`month`) FROM `month_state` WHERE `stage` = 'locked') BEGIN SELECT RAISE(ABORT, 'the month is locked'); END;
--> statement-breakpoint
CREATE TRIGGER `allocation_closed_update` BEFORE UPDATE ON `allocation` WHEN min(OLD.`month`, NEW.`month`) <= (SELECT max(`month`) FROM `month_state` WHERE `stage` = 'locked') BEGIN SELECT RAISE(ABORT, 'the month is locked'); END;
--> statement-breakpoint
CREATE TRIGGER `allocation_closed_delete` BEFORE DELETE ON `allocation` WHEN OLD.`month` <= (SELECT max(`month`) FROM `month_state` WHERE `stage` = 'locked') BEGIN SELECT RAISE(ABORT, 'the month is locked'); END;
--> statement-breakpoint
CREATE TRIGGER `split_part_closed_insert` BEFORE INSERT ON `split_part` WHEN NEW.`month` <= (SELECT max(`month`) FROM `month_state` WHERE `stage` = 'locked') BEGIN SELECT RAISE(ABORT, 'the month is locked'); END;
--> statement-breakpoint
CREATE TRIGGER `split_part_closed_update` BEFORE UPDATE ON `split_part` WHEN min(OLD.`month`, NEW.`month`) <= (SELECT max(`month`) FROM `month_state` WHERE `stage` = 'locked') BEGIN SELECT RAISE(ABORT, 'the month is locked'); END;
--> statement-breakpoint
CREATE TRIGGER `split_part_closed_delete` BEFORE DELETE ON `split_part` WHEN OLD.`month` <= (SELECT max(`month`) FROM `month_state` WHERE `stage` = 'locked') BEGIN SELECT RAISE(ABORT, 'the month is locked'); END;
--> statement-breakpoint
CREATE TRIGGER `allocation_share_closed_insert` BEFORE INSERT ON `allocation_share` WHEN NEW.`month` <= (SELECT max(`month`) FROM `month_state` WHERE `stage` = 'locked') BEGIN SELECT RAISE(ABORT, 'the month is locked'); END;
--> statement-breakpoint
CREATE TRIGGER `allocation_share_closed_update` BEFORE UPDATE ON `allocation_share` WHEN min(OLD.`month`, NEW.`month`) <= (SELECT max(`month`) FROM `month_state` WHERE `stage` = 'locked') BEGIN SELECT RAISE(ABORT, 'the month is locked'); END;
--> statement-breakpoint
CREATE TRIGGER `allocation_share_closed_delete` BEFORE DELETE ON `allocation_share` WHEN OLD.`month` <= (SELECT max(`month`) FROM `month_state` WHERE `stage` = 'locked') BEGIN SELECT RAISE(ABORT, 'the month is locked'); END;
--> statement-breakpoint
CREATE TRIGGER `allocation_adjustment_closed_insert` BEFORE INSERT ON `allocation_adjustment` WHEN NEW.`month` <= (SELECT max(`month`) FROM `month_state` WHERE `stage` = 'locked') BEGIN SELECT RAISE(ABORT, 'the month is locked'); END;
--> statement-breakpoint
CREATE TRIGGER `allocation_adjustment_closed_update` BEFORE UPDATE ON `allocation_adjustment` WHEN min(OLD.`month`, NEW.`month`) <= (SELECT max(`month`) FROM `month_state` WHERE `stage` = 'locked') BEGIN SELECT RAISE(ABORT, 'the month is locked'); END;
--> statement-breakpoint
CREATE TRIGGER `allocation_adjustment_closed_delete` BEFORE DELETE ON `allocation_adjustment` WHEN OLD.`month` <= (SELECT max(`month`) FROM `month_state` WHERE `stage` = 'locked') BEGIN SELECT RAISE(ABORT, 'the month is locked'); END;
