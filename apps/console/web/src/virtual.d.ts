/** Generated at build time by build/maps.ts. */
declare module 'virtual:countries' {
  /** GeoJSON of the countries. The `name` of a feature is the country's ISO 3166-1 alpha-2 code. */
  const countries: {
    readonly type: 'FeatureCollection';
    readonly features: readonly {
      readonly properties: { readonly name: string };
      readonly geometry:
        | { readonly type: 'Polygon'; readonly coordinates: readonly (readonly (readonly [number, number])[])[] }
        | {
            readonly type: 'MultiPolygon';
            readonly coordinates: readonly (readonly (readonly (readonly [number, number])[])[])[];
          };
    }[];
  };
  export default countries;
}

declare module 'virtual:cities' {
  /**
   * The cities of each country, as `name|longitude|latitude`, largest first. The keys are ISO 3166-1 alpha-2 codes.
   */
  const cities: Readonly<Record<string, readonly string[]>>;
  export default cities;
}
