/** Exports the queries of the visuals. Only servers can use this module, because it needs a database. */
export { type Choices, choices } from './choices.ts';
export { currenciesOf } from './currencies.ts';
export { FilterError } from './errors.ts';
export { newestPayments, type Reader } from './newest-payments.ts';
export { runVisual } from './run-visual.ts';
export { type VisualQuery, visualQuery } from './visual-query.ts';
