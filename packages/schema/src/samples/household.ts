/** The types of the invented people in the samples. */

/** A town, and the ISO 3166-1 code of its country. */
export interface Place {
  readonly country: string;
  readonly city: string;
}

/** Repeated purchases: the shops, and the range of amounts in the currency's smallest unit. */
export interface Habit {
  readonly category: string;
  readonly merchants: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly account: string;
  /** How often, on average. */
  readonly perMonth: number;
}

/** A payment on the same day of each month, or of every third month. */
export interface StandingOrder {
  readonly day: number;
  readonly merchant: string;
  readonly category: string;
  readonly amount: number;
  readonly description: string;
  readonly quarterly?: true;
  /** How much more is paid in January than in July, as a fraction of the amount: heating. */
  readonly winter?: number;
}

/** A trip, paid in the local currency. */
export interface Trip {
  readonly name: string;
  readonly from: string;
  readonly days: number;
  readonly place: Place;
  readonly currency: string;
  /** The price of a meal there, in the smallest unit. Other prices are derived from it. */
  readonly meal: number;
  readonly merchants: Readonly<Record<'Eating out' | 'Transport' | 'Lodging' | 'Leisure', readonly string[]>>;
}

/** An owner. Amounts are in the smallest unit of the currency: cents, or whole yen. */
export interface Household {
  readonly owner: string;
  readonly currency: string;
  readonly home: Place;
  readonly account: string;
  readonly salary: { readonly source: string; readonly amount: number; readonly day: number; readonly raise: number };
  readonly otherIncome: readonly {
    readonly source: string;
    readonly category: string;
    readonly account: string;
    readonly from: number;
    readonly to: number;
    readonly months: readonly number[];
    readonly description: string;
  }[];
  readonly standingOrders: readonly StandingOrder[];
  readonly habits: readonly Habit[];
  readonly trips: readonly Trip[];
  readonly budgets: Readonly<Record<string, number>>;
}
