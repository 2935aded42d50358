import { expect, it } from 'vitest';
import { accessibilityFaults } from './check-accessibility.ts';
import { useConsole } from './console-under-test.ts';

const ui = useConsole();

it('begins a page at its heading when one comes from another, and names it in the tab', async () => {
  await ui.open('#/segments');
  await ui.page.getByRole('heading', { level: 1, name: 'Segments' }).waitFor();
  await ui.page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Leads' }).click();
  await ui.page.getByRole('heading', { level: 1, name: 'Leads' }).waitFor();
  await expect.poll(() => ui.page.evaluate('document.activeElement?.textContent')).toBe('Leads');
  expect(await ui.page.title()).toBe('Leads – Lead Segments');
});

it('has one place for an address that names no page', async () => {
  await ui.open('#/nowhere');
  await ui.page.getByRole('heading', { level: 1, name: 'There is no such page' }).waitFor();
  expect(await accessibilityFaults(ui.page)).toEqual([]);
});

it('hides the side bar of a phone until it is asked for', async () => {
  await ui.page.setViewportSize({ width: 390, height: 800 });
  await ui.open('#/segments');
  const leads = ui.page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Leads' });
  expect(await leads.isVisible()).toBe(false);
  await ui.page.getByRole('button', { name: 'Navigation' }).click();
  await leads.click();
  await ui.page.getByRole('heading', { level: 1, name: 'Leads' }).waitFor();
  await expect.poll(() => leads.isVisible()).toBe(false);
});

it('is shown in light or dark colors, and remembers which', async () => {
  await ui.open('#/nowhere');
  const scheme = () => ui.page.locator('html').getAttribute('data-mantine-color-scheme');
  expect(await scheme()).toBe('light');
  await ui.page.getByRole('button', { name: 'Use dark colors' }).click();
  expect(await scheme()).toBe('dark');
  await ui.page.reload();
  await ui.page.getByRole('heading', { level: 1 }).waitFor();
  expect(await scheme()).toBe('dark');
  expect(await accessibilityFaults(ui.page)).toEqual([]);
});
