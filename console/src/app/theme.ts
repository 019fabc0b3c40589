// SPDX-License-Identifier: Apache-2.0
import { createTheme, type MantineColorsTuple, Paper, Table, Tooltip } from '@mantine/core';

/** Ai, the blue of Japanese work clothes: calm, and none of the colours that mean something here. */
const ai: MantineColorsTuple = ['#edf3fa', '#d9e4f2', '#b0c8e4', '#84aad6', '#5f90ca', '#487fc2', '#3a74bd', '#2a62a7', '#1f5796', '#124b86'];
const dark: MantineColorsTuple = ['#d5dbe2', '#b7c0ca', '#929ea9', '#6c7884', '#47525d', '#38424c', '#29313a', '#1b2228', '#141a1f', '#0e1317'];
const gray: MantineColorsTuple = ['#f6f8fa', '#eef1f4', '#e3e8ed', '#d3dae1', '#bac4ce', '#8c98a4', '#5f6b77', '#46515c', '#2e3740', '#1b2229'];

const families = "system-ui, -apple-system, 'Segoe UI', 'Hiragino Sans', 'Noto Sans CJK JP', 'Noto Sans JP', 'Yu Gothic UI', Meiryo, sans-serif";

export const theme = createTheme({
  primaryColor: 'ai',
  primaryShade: { light: 7, dark: 5 },
  colors: { ai, dark, gray },
  fontFamily: families,
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'DejaVu Sans Mono', Consolas, 'Noto Sans Mono CJK JP', monospace",
  headings: { fontFamily: families, fontWeight: '600', sizes: { h1: { fontSize: '1.375rem' }, h2: { fontSize: '1rem' }, h3: { fontSize: '0.9375rem' } } },
  fontSizes: { xs: '0.8125rem', sm: '0.875rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  autoContrast: true,
  components: {
    Paper: Paper.extend({ defaultProps: { radius: 'md' } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 8, horizontalSpacing: 16, fz: 'sm' } }),
    Tooltip: Tooltip.extend({ defaultProps: { withArrow: true, openDelay: 250, events: { hover: true, focus: true, touch: true } } }),
  },
});
