/** Dashboards as data; safe for a browser. */
export * from './dashboards/index.ts';
export { drillInto, drillTo } from './drill.ts';
export * from './model.ts';
export { columnsOf, dimensionsOf, isInOneCurrency, isRatio, nameOf, valuesOf } from './parts.ts';
