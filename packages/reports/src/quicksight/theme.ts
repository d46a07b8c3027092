import type { ThemeConfiguration } from '@aws-sdk/client-quicksight';

/** The QuickSight theme on which our theme is based. */
export const baseThemeId = 'CLASSIC';

/**
 * Colours by Okabe and Ito, which people with red-green colour blindness can distinguish. The darker colours come
 * first.
 */
export const theme: ThemeConfiguration = {
  DataColorPalette: {
    Colors: ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#56B4E9', '#E69F00', '#332288', '#882255'],
    MinMaxGradient: ['#E8F1F8', '#0072B2'],
    EmptyFillColor: '#EEEEEE',
  },
  UIColorPalette: {
    PrimaryForeground: '#1F2933',
    PrimaryBackground: '#FFFFFF',
    SecondaryForeground: '#1F2933',
    SecondaryBackground: '#F5F7FA',
    Accent: '#0072B2',
    AccentForeground: '#FFFFFF',
    Danger: '#B42318',
    DangerForeground: '#FFFFFF',
    Warning: '#E69F00',
    WarningForeground: '#1F2933',
    Success: '#00795A',
    SuccessForeground: '#FFFFFF',
    Dimension: '#0072B2',
    DimensionForeground: '#FFFFFF',
    Measure: '#00795A',
    MeasureForeground: '#FFFFFF',
  },
  Sheet: {
    Tile: { Border: { Show: true } },
    TileLayout: { Gutter: { Show: true }, Margin: { Show: true } },
  },
};
