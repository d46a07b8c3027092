/** Formats figures as text. */

export function count(value: number): string {
  return value.toLocaleString('en-GB');
}

export function seconds(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} s`;
}

export function minutes(value: number): string {
  return value < 120 ? `${value.toFixed(0)} s` : `${(value / 60).toFixed(0)} minutes`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
