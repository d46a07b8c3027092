export * from './catalog.ts';
export * from './codes.ts';
export * from './column-type.ts';
export * from './contract.ts';
