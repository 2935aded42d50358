import {
  ActionIcon,
  Anchor,
  Badge,
  Checkbox,
  type CSSVariablesResolver,
  createTheme,
  Drawer,
  Modal,
  Notification,
  Table,
  Tooltip,
} from '@mantine/core';

/** The head of a dialog is a `header`, which outside of a section counts as the banner of the page. */
const noBanner = { header: { role: 'presentation' } };

/** How the console looks, for every control. Contrasts are those that WCAG AA asks for, in both color schemes. */
export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: 8,
  autoContrast: true,
  colors: {
    teal: [
      '#eaf7f5',
      '#d6edea',
      '#acdad4',
      '#7fc7be',
      '#5ab7ac',
      '#42ada0',
      '#31a396',
      '#1f8f83',
      '#0f6b65',
      '#084f4a',
    ],
  },
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  headings: {
    fontWeight: '650',
    sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.0625rem' }, h3: { fontSize: '0.9375rem' } },
  },
  defaultRadius: 'md',
  respectReducedMotion: true,
  components: {
    // A link is as large as the text that it stands in.
    Anchor: Anchor.extend({ defaultProps: { inherit: true } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray' } }),
    // Of a state in a narrow column nothing is cut off.
    Badge: Badge.extend({ styles: { root: { minWidth: 'max-content' } } }),
    Checkbox: Checkbox.extend({ defaultProps: { size: 'sm' } }),
    Drawer: Drawer.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' }, attributes: noBanner } }),
    Modal: Modal.extend({
      defaultProps: { closeButtonProps: { 'aria-label': 'Close' }, attributes: noBanner, centered: true },
    }),
    Notification: Notification.extend({
      defaultProps: { closeButtonProps: { 'aria-label': 'Close' } },
      styles: { description: { color: 'var(--mantine-color-dimmed)' } },
    }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 'xs' } }),
    // A tooltip shows to who points, tabs or taps.
    Tooltip: Tooltip.extend({ defaultProps: { events: { hover: true, focus: true, touch: true }, withArrow: true } }),
  },
});

/** Where Mantine's own colors of text are too pale to read. */
export const textColors: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#586570',
    '--mantine-color-placeholder': '#6b7780',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-body': '#ffffff',
    '--console-page': '#f6f7f8',
    '--console-good': '#1b6e3a',
    '--console-warn': '#8a5a00',
    '--console-bad': '#b3261e',
  },
  dark: {
    '--mantine-color-dimmed': '#a6b0b8',
    '--mantine-color-placeholder': '#8d979f',
    '--mantine-color-error': '#f2a29b',
    '--mantine-color-anchor': '#5ab7ac',
    '--console-page': '#14181b',
    '--mantine-color-body': '#1c2125',
    '--console-good': '#7fd09b',
    '--console-warn': '#e6bd6a',
    '--console-bad': '#f2a29b',
  },
});
