/**
 * Column types with a meaning in Centflow. For example, a table declares `money('amount')` instead of `decimal(19,4)`.
 *
 * A feed's text columns use the database's collation, `utf8mb4_0900_as_cs` (see `migrate.ts`). With this collation, a
 * GROUP BY distinguishes `cafe` from `café` and `A` from `a`. Owners and object keys are compared byte by byte, as in
 * S3.
 */
import { char, customType, decimal } from 'drizzle-orm/mysql-core';

/** An amount of money in the row's currency: 15 digits before the point and 4 after it. Never a float. */
export const money = (name: string) => decimal(name, { precision: 19, scale: 4 });

/** A sum of {@link money} values, wide enough for the largest upload. */
export const moneySum = (name: string) => decimal(name, { precision: 30, scale: 4 });

/** An ISO 4217 alphabetic code, upper case. */
export const currencyCode = (name: string) => char(name, { length: 3 });

/** An ISO 3166-1 alpha-2 code, upper case. */
export const countryCode = (name: string) => char(name, { length: 2 });

/** A calendar month, `YYYY-MM`. */
export const month = (name: string) => char(name, { length: 7 });

/**
 * Text that is compared byte by byte.
 *
 * The older collation `utf8mb4_bin` ignores trailing spaces, so `owner=ann` and `owner=ann ` would be the same owner.
 * `utf8mb4_0900_bin` compares trailing spaces too.
 */
export const exactText = customType<{ data: string; config: { length: number } }>({
  dataType: (config) => `varchar(${config?.length}) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin`,
});

/** An ASCII identifier from another system, compared byte by byte. */
export const asciiText = customType<{ data: string; config: { length: number } }>({
  dataType: (config) => `varchar(${config?.length}) CHARACTER SET ascii COLLATE ascii_bin`,
});

/** A digest of `length` bytes. */
export const digest = customType<{ data: Buffer; config: { length: number } }>({
  dataType: (config) => `binary(${config?.length})`,
});
