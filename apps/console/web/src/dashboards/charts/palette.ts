/**
 * Chart colours of the light and the dark scheme. The colours are distinguishable with every kind of colour blindness
 * and have a contrast of 3:1 with the panel.
 */
export interface Palette {
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  readonly panel: string;
  readonly series: readonly string[];
  /** The colour of combined series. */
  readonly rest: string;
  /** Shades from small to large amounts. */
  readonly scale: readonly string[];
  /** The colour of a country or day without amounts. */
  readonly blank: string;
}

/** ECharts measures labels with this font. ECharts cannot measure `inherit` and would use another font. */
export const FONT = '"Hanken Grotesk", system-ui, sans-serif';

export const palettes: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    ink: '#14201c',
    soft: '#52605b',
    line: '#dfe5e0',
    panel: '#ffffff',
    series: ['#0a7a62', '#d9722e', '#3d6fb4', '#c2951b', '#8e4a8e', '#4b9fc4', '#7d5a3c', '#c2506a', '#5f7d2a'],
    rest: '#8b9993',
    scale: ['#dcefe8', '#a3d5c8', '#5fb59f', '#1f8a70', '#075747'],
    blank: '#e9eeea',
  },
  dark: {
    ink: '#dde6e3',
    soft: '#a4b4ae',
    line: '#2c3a37',
    panel: '#18221f',
    series: ['#3fb598', '#f0924f', '#7ba7e8', '#e0b84a', '#c78bc7', '#77c4e6', '#b9926f', '#ea8aa0', '#a3c25e'],
    rest: '#8fa19b',
    scale: ['#1f3d36', '#22604f', '#2d8a71', '#4fb89b', '#a6ead6'],
    blank: '#25332f',
  },
};
