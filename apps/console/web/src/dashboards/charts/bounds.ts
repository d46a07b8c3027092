/** Longitude and latitude in degrees. */
export type Position = readonly [number, number];

/** Returns the part of the world to show: the positions with a margin, at least the size of a country. */
export function getBounds(positions: readonly Position[]): { readonly boundingCoords?: [number, number][] } {
  if (positions.length === 0)
    return {
      boundingCoords: [
        [-170, 78],
        [180, -56],
      ],
    };
  const [west, east] = widen(
    positions.map(([longitude]) => longitude),
    40,
    [-170, 180],
  );
  const [south, north] = widen(
    positions.map(([, latitude]) => latitude),
    26,
    [-56, 78],
  );
  return {
    boundingCoords: [
      [west, north],
      [east, south],
    ],
  };
}

function widen(values: readonly number[], least: number, [lowest, highest]: Position): Position {
  const low = values.reduce((one, other) => Math.min(one, other));
  const high = values.reduce((one, other) => Math.max(one, other));
  const around = Math.max((high - low) * 0.08, (least - (high - low)) / 2, 2);
  return [Math.max(low - around, lowest), Math.min(high + around, highest)];
}
