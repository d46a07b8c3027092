CREATE TABLE `publication_locks` (
	`owner` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL,
	`feed` varchar(64) NOT NULL,
	CONSTRAINT `publication_locks_owner_feed_pk` PRIMARY KEY(`owner`,`feed`)
);
--> statement-breakpoint
CREATE TABLE `quarantined_rows` (
	`upload_id` bigint unsigned NOT NULL,
	`row_no` int unsigned NOT NULL,
	`column_name` varchar(64),
	`code` varchar(32) NOT NULL,
	`message` varchar(500) NOT NULL,
	`raw_text` text NOT NULL,
	CONSTRAINT `quarantined_rows_upload_id_row_no_pk` PRIMARY KEY(`upload_id`,`row_no`)
);
--> statement-breakpoint
CREATE TABLE `uploads` (
	`upload_id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`owner` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL,
	`feed` varchar(64),
	`object_key` varchar(1024) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL,
	`object_key_sha256` binary(32) GENERATED ALWAYS AS (unhex(sha2(`object_key`, 256))) STORED NOT NULL,
	`version_id` varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`etag` varchar(64),
	`size_bytes` bigint unsigned,
	`last_modified` datetime(6),
	`state` enum('loading','published','superseded','retired','rejected','failed') NOT NULL,
	`rows_read` int unsigned NOT NULL DEFAULT 0,
	`rows_published` int unsigned NOT NULL DEFAULT 0,
	`rows_duplicate` int unsigned NOT NULL DEFAULT 0,
	`rows_quarantined` int unsigned NOT NULL DEFAULT 0,
	`amount_read` decimal(30,4) NOT NULL DEFAULT '0',
	`amount_published` decimal(30,4) NOT NULL DEFAULT '0',
	`amount_duplicate` decimal(30,4) NOT NULL DEFAULT '0',
	`amount_quarantined` decimal(30,4) NOT NULL DEFAULT '0',
	`first_date` date,
	`last_date` date,
	`has_transaction_ids` boolean NOT NULL DEFAULT false,
	`rows_stored` boolean NOT NULL DEFAULT false,
	`contract_sha256` varchar(64) CHARACTER SET ascii COLLATE ascii_bin,
	`reason_code` varchar(64),
	`reason` varchar(1000),
	`notes` varchar(1000),
	`job_run_id` varchar(255),
	`received_at` datetime(6) NOT NULL,
	`loading_at` datetime(6),
	`loaded_at` datetime(6),
	`published_at` datetime(6),
	`updated_at` datetime(6) NOT NULL,
	CONSTRAINT `uploads_upload_id` PRIMARY KEY(`upload_id`),
	CONSTRAINT `uploads_object_version` UNIQUE(`object_key_sha256`,`version_id`),
	CONSTRAINT `uploads_rows_accounted` CHECK(`rows_read` = `rows_published` + `rows_duplicate` + `rows_quarantined`),
	CONSTRAINT `uploads_amounts_accounted` CHECK(`amount_read` = `amount_published` + `amount_duplicate` + `amount_quarantined`)
);
--> statement-breakpoint
CREATE TABLE `budgets` (
	`upload_id` bigint unsigned NOT NULL,
	`row_no` int unsigned NOT NULL,
	`month` char(7) NOT NULL,
	`category` varchar(64) NOT NULL,
	`amount` decimal(19,4) NOT NULL,
	`currency` char(3) NOT NULL,
	`fingerprint` binary(16) NOT NULL,
	`shadowed` boolean NOT NULL DEFAULT false,
	CONSTRAINT `budgets_upload_id_row_no_pk` PRIMARY KEY(`upload_id`,`row_no`)
);
--> statement-breakpoint
CREATE TABLE `expenses` (
	`upload_id` bigint unsigned NOT NULL,
	`row_no` int unsigned NOT NULL,
	`date` date NOT NULL,
	`merchant` varchar(128) NOT NULL,
	`category` varchar(64) NOT NULL,
	`account` varchar(64) NOT NULL,
	`amount` decimal(19,4) NOT NULL,
	`currency` char(3) NOT NULL,
	`description` varchar(255) NOT NULL,
	`country` char(2),
	`city` varchar(64),
	`transaction_id` varchar(64),
	`fingerprint` binary(16) NOT NULL,
	`shadowed` boolean NOT NULL DEFAULT false,
	CONSTRAINT `expenses_upload_id_row_no_pk` PRIMARY KEY(`upload_id`,`row_no`)
);
--> statement-breakpoint
CREATE TABLE `incomes` (
	`upload_id` bigint unsigned NOT NULL,
	`row_no` int unsigned NOT NULL,
	`date` date NOT NULL,
	`source` varchar(128) NOT NULL,
	`category` varchar(64) NOT NULL,
	`account` varchar(64) NOT NULL,
	`amount` decimal(19,4) NOT NULL,
	`currency` char(3) NOT NULL,
	`description` varchar(255) NOT NULL,
	`transaction_id` varchar(64),
	`fingerprint` binary(16) NOT NULL,
	`shadowed` boolean NOT NULL DEFAULT false,
	CONSTRAINT `incomes_upload_id_row_no_pk` PRIMARY KEY(`upload_id`,`row_no`)
);
--> statement-breakpoint
CREATE INDEX `uploads_owner_feed_state` ON `uploads` (`owner`,`feed`,`state`);--> statement-breakpoint
CREATE INDEX `uploads_state` ON `uploads` (`state`);--> statement-breakpoint
CREATE ALGORITHM = undefined
SQL SECURITY definer
VIEW `v_account_balance` AS (select `owner`, `account`, `currency`, `date`, cast(sum(`movement`) as decimal(30,4)) as `movement`, cast(sum(sum(`movement`)) over (partition by `owner`, `movements`.`account`, `movements`.`currency` order by `movements`.`date`) as decimal(30,4)) as `balance` from ((select straight_join `uploads`.`owner` as `owner`, `incomes`.`account`, `incomes`.`currency`, `incomes`.`date`, cast(sum(`incomes`.`amount`) as decimal(30,4)) as `movement` from `uploads` inner join `incomes` FORCE INDEX (PRIMARY) on (`uploads`.`upload_id` = `incomes`.`upload_id` and `uploads`.`state` = 'published') where not `incomes`.`shadowed` group by `uploads`.`owner`, `incomes`.`account`, `incomes`.`currency`, `incomes`.`date`) union all (select straight_join `uploads`.`owner` as `owner`, `expenses`.`account`, `expenses`.`currency`, `expenses`.`date`, cast(sum(-`expenses`.`amount`) as decimal(30,4)) as `movement` from `uploads` inner join `expenses` FORCE INDEX (PRIMARY) on (`uploads`.`upload_id` = `expenses`.`upload_id` and `uploads`.`state` = 'published') where not `expenses`.`shadowed` group by `uploads`.`owner`, `expenses`.`account`, `expenses`.`currency`, `expenses`.`date`)) `movements` group by `owner`, `movements`.`account`, `movements`.`currency`, `movements`.`date`);--> statement-breakpoint
CREATE ALGORITHM = undefined
SQL SECURITY definer
VIEW `v_budget_vs_actual` AS (select `owner`, `month`, `currency`, `category`, cast(sum(`budget`) as decimal(30,4)) as `budget`, cast(sum(`actual`) as decimal(30,4)) as `actual`, cast(sum(`budget` - `actual`) as decimal(30,4)) as `remaining` from ((select straight_join `uploads`.`owner` as `owner`, `budgets`.`month` as `month`, `budgets`.`currency`, `budgets`.`category`, cast(sum(`budgets`.`amount`) as decimal(30,4)) as `budget`, cast(0 as decimal(30,4)) as `actual` from `uploads` inner join `budgets` FORCE INDEX (PRIMARY) on (`uploads`.`upload_id` = `budgets`.`upload_id` and `uploads`.`state` = 'published') where not `budgets`.`shadowed` group by `uploads`.`owner`, `budgets`.`month`, `budgets`.`currency`, `budgets`.`category`) union all (select straight_join `uploads`.`owner` as `owner`, left(`expenses`.`date`, 7) as `month`, `expenses`.`currency`, `expenses`.`category`, cast(0 as decimal(30,4)) as `budget`, cast(sum(`expenses`.`amount`) as decimal(30,4)) as `actual` from `uploads` inner join `expenses` FORCE INDEX (PRIMARY) on (`uploads`.`upload_id` = `expenses`.`upload_id` and `uploads`.`state` = 'published') where not `expenses`.`shadowed` group by `uploads`.`owner`, left(`expenses`.`date`, 7), `expenses`.`currency`, `expenses`.`category`)) `sides` group by `owner`, `month`, `sides`.`currency`, `sides`.`category`);--> statement-breakpoint
CREATE ALGORITHM = undefined
SQL SECURITY definer
VIEW `v_income_by_source_month` AS (select straight_join `uploads`.`owner` as `owner`, left(`incomes`.`date`, 7) as `month`, `incomes`.`currency`, `incomes`.`source`, cast(sum(`incomes`.`amount`) as decimal(30,4)) as `amount`, count(*) as `transactions` from `uploads` inner join `incomes` FORCE INDEX (PRIMARY) on (`uploads`.`upload_id` = `incomes`.`upload_id` and `uploads`.`state` = 'published') where not `incomes`.`shadowed` group by `uploads`.`owner`, left(`incomes`.`date`, 7), `incomes`.`currency`, `incomes`.`source`);--> statement-breakpoint
CREATE ALGORITHM = undefined
SQL SECURITY definer
VIEW `v_monthly_cash_flow` AS (select `owner`, `month`, `currency`, cast(sum(`income`) as decimal(30,4)) as `income`, cast(sum(`expense`) as decimal(30,4)) as `expense`, cast(sum(`income` - `expense`) as decimal(30,4)) as `net`, case when cast(sum(`income`) as decimal(30,4)) > 0 then cast(cast(sum(`income` - `expense`) as decimal(30,4)) * 1.0000000000000000 / cast(sum(`income`) as decimal(30,4)) as decimal(38,4)) end as `savings_rate` from ((select straight_join `uploads`.`owner` as `owner`, left(`incomes`.`date`, 7) as `month`, `incomes`.`currency`, cast(sum(`incomes`.`amount`) as decimal(30,4)) as `income`, cast(0 as decimal(30,4)) as `expense` from `uploads` inner join `incomes` FORCE INDEX (PRIMARY) on (`uploads`.`upload_id` = `incomes`.`upload_id` and `uploads`.`state` = 'published') where not `incomes`.`shadowed` group by `uploads`.`owner`, left(`incomes`.`date`, 7), `incomes`.`currency`) union all (select straight_join `uploads`.`owner` as `owner`, left(`expenses`.`date`, 7) as `month`, `expenses`.`currency`, cast(0 as decimal(30,4)) as `income`, cast(sum(`expenses`.`amount`) as decimal(30,4)) as `expense` from `uploads` inner join `expenses` FORCE INDEX (PRIMARY) on (`uploads`.`upload_id` = `expenses`.`upload_id` and `uploads`.`state` = 'published') where not `expenses`.`shadowed` group by `uploads`.`owner`, left(`expenses`.`date`, 7), `expenses`.`currency`)) `flows` group by `owner`, `month`, `flows`.`currency`);--> statement-breakpoint
CREATE ALGORITHM = undefined
SQL SECURITY definer
VIEW `v_spend_by_category_month` AS (select straight_join `uploads`.`owner` as `owner`, left(`expenses`.`date`, 7) as `month`, `expenses`.`currency`, `expenses`.`category`, cast(sum(`expenses`.`amount`) as decimal(30,4)) as `amount`, count(*) as `transactions` from `uploads` inner join `expenses` FORCE INDEX (PRIMARY) on (`uploads`.`upload_id` = `expenses`.`upload_id` and `uploads`.`state` = 'published') where not `expenses`.`shadowed` group by `uploads`.`owner`, left(`expenses`.`date`, 7), `expenses`.`currency`, `expenses`.`category`);--> statement-breakpoint
CREATE ALGORITHM = undefined
SQL SECURITY definer
VIEW `v_spend_by_place` AS (select straight_join `uploads`.`owner` as `owner`, left(`expenses`.`date`, 7) as `month`, `expenses`.`currency`, `expenses`.`country`, `expenses`.`city`, cast(sum(`expenses`.`amount`) as decimal(30,4)) as `amount`, count(*) as `transactions` from `uploads` inner join `expenses` FORCE INDEX (PRIMARY) on (`uploads`.`upload_id` = `expenses`.`upload_id` and `uploads`.`state` = 'published') where not `expenses`.`shadowed` group by `uploads`.`owner`, left(`expenses`.`date`, 7), `expenses`.`currency`, `expenses`.`country`, `expenses`.`city`);--> statement-breakpoint
CREATE ALGORITHM = undefined
SQL SECURITY definer
VIEW `v_transactions` AS ((select straight_join `uploads`.`owner` as `owner`, 'income' as `kind`, `incomes`.`date`, `incomes`.`source` as `counterparty`, `incomes`.`category`, `incomes`.`account`, `incomes`.`amount`, `incomes`.`currency`, `incomes`.`description`, null as `country`, null as `city`, `incomes`.`transaction_id`, `incomes`.`upload_id`, `incomes`.`row_no` from `uploads` inner join `incomes` FORCE INDEX (PRIMARY) on (`uploads`.`upload_id` = `incomes`.`upload_id` and `uploads`.`state` = 'published') where not `incomes`.`shadowed`) union all (select straight_join `uploads`.`owner` as `owner`, 'expense' as `kind`, `expenses`.`date`, `expenses`.`merchant` as `counterparty`, `expenses`.`category`, `expenses`.`account`, `expenses`.`amount`, `expenses`.`currency`, `expenses`.`description`, `expenses`.`country` as `country`, `expenses`.`city` as `city`, `expenses`.`transaction_id`, `expenses`.`upload_id`, `expenses`.`row_no` from `uploads` inner join `expenses` FORCE INDEX (PRIMARY) on (`uploads`.`upload_id` = `expenses`.`upload_id` and `uploads`.`state` = 'published') where not `expenses`.`shadowed`));--> statement-breakpoint
CREATE ALGORITHM = undefined
SQL SECURITY definer
VIEW `v_upload_accounting` AS (select `upload_id`, `owner`, `feed`, `object_key`, `version_id`, `state`, `rows_read`, `rows_published`, `rows_duplicate`, `rows_quarantined`, `amount_read`, `amount_published`, `amount_duplicate`, `amount_quarantined`, coalesce(`reason`, `notes`) as `reason`, `received_at`, `published_at`, timestampdiff(microsecond, `received_at`, `published_at`) * 0.000001 as `seconds_to_visible` from `uploads`);