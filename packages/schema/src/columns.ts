/**
 * The column types that mean something in Centflow, so that a table says `money('amount')` and not `decimal(19,4)`.
 *
 * Feed text uses the database's own collation, `utf8mb4_0900_as_cs` (see `migrate.ts`): `cafe` and `café`, `A` and `a`
 * stay apart in a GROUP BY. Names that S3 compares byte by byte (owners, object keys) are compared byte by byte here too.
 */
import { char, customType, decimal } from 'drizzle-orm/mysql-core';

/** An amount of money in the currency of its row's currency column: 15 digits before the point, 4 after. Never a float. */
export const money = (name: string) => decimal(name, { precision: 19, scale: 4 });

/** A sum of {@link money}: wide enough for the sum of the most rows an upload can have. */
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
 * `utf8mb4_0900_bin`, not `utf8mb4_bin`: the older one pads with spaces, so that `owner=ann` and `owner=ann ` would be one owner.
 */
export const exactText = customType<{ data: string; config: { length: number } }>({
  dataType: (config) => `varchar(${config?.length}) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin`,
});

/** An identifier some other system made from ASCII characters, compared byte by byte. */
export const asciiText = customType<{ data: string; config: { length: number } }>({
  dataType: (config) => `varchar(${config?.length}) CHARACTER SET ascii COLLATE ascii_bin`,
});

/** A digest of `length` bytes. */
export const digest = customType<{ data: Buffer; config: { length: number } }>({
  dataType: (config) => `binary(${config?.length})`,
});
