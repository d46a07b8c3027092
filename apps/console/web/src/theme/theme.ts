/** The console's theme: spruce green, with digits of equal width. */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const spruce: MantineColorsTuple = [
  '#e6f5f1',
  '#cfe9e2',
  '#a3d5c8',
  '#74c0ad',
  '#4fae97',
  '#2f9b82',
  '#178a70',
  '#0f7c64',
  '#0a6f5a',
  '#075747',
];

const gray: MantineColorsTuple = [
  '#f6f8f6',
  '#eef2ef',
  '#e1e7e3',
  '#d0d8d4',
  '#b6c1bc',
  '#94a29c',
  '#64736d',
  '#4a5853',
  '#303c38',
  '#1c2623',
];

/** In the dark scheme, Mantine uses shade 7 for the page, 6 for surfaces, 4 for borders and 0 for text. */
const dark: MantineColorsTuple = [
  '#dde6e3',
  '#bdcac5',
  '#9cada7',
  '#71847e',
  '#3a4a46',
  '#2c3a37',
  '#22302d',
  '#18221f',
  '#101816',
  '#0a100f',
];

export const theme = createTheme({
  primaryColor: 'spruce',
  primaryShade: { light: 8, dark: 7 },
  colors: { spruce, gray, dark },
  black: '#14201c',
  fontFamily: '"Hanken Grotesk", system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  headings: {
    fontFamily: 'inherit',
    fontWeight: '650',
    sizes: { h1: { fontSize: '1.625rem', lineHeight: '1.25' }, h2: { fontSize: '1.0625rem', lineHeight: '1.35' } },
  },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // Without these props, a dialog would add a second banner landmark, and the dialog's close button would have no
    // name.
    Modal: {
      defaultProps: {
        attributes: { header: { role: 'presentation' } },
        closeButtonProps: { 'aria-label': 'Close' },
      },
    },
  },
});

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--page': '#f3f5f1',
    '--panel': '#ffffff',
    '--hairline': '#dfe5e0',
    '--ink-soft': '#52605b',
    '--positive': '#0a6f5a',
    '--negative': '#b34700',
    '--mantine-color-dimmed': '#52605b',
    '--mantine-color-placeholder': '#66746e',
    '--mantine-color-error': '#b3261e',
  },
  dark: {
    '--page': '#101816',
    '--panel': '#18221f',
    '--hairline': '#2c3a37',
    '--ink-soft': '#a4b4ae',
    '--positive': '#63cbb1',
    '--negative': '#ff9d5c',
    '--mantine-color-dimmed': '#a4b4ae',
    '--mantine-color-placeholder': '#8fa19b',
    '--mantine-color-error': '#ff9a92',
  },
});
