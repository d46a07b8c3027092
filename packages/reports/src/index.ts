/** Exports the dashboards as data. A browser can load this module, because it imports no database library. */
export * from './dashboards/index.ts';
export { drillInto, drillTo } from './drill.ts';
export * from './model.ts';
export { columnsOf, dimensionsOf, isInOneCurrency, isRatio, nameOf, valuesOf } from './parts.ts';
