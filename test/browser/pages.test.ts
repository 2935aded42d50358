import type { Locator } from 'playwright-core';
import { expect, it } from 'vitest';
import { germans, useConsole } from './console-under-test.ts';

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
  await ui.isAccessible();
});

it.each([
  { list: '#/leads', search: 'Search leads', link: 'lead-0' },
  { list: '#/segments', search: 'Search segments', link: 'Gone to' },
  { list: '#/segments/ID/members', search: 'Search members', link: 'lead-0' },
])('goes on to what is clicked at $list although a search was only just typed', async ({ list, search, link }) => {
  const name = list === '#/segments' ? link : `Left from ${list}`;
  const { id } = await ui.api.create({ name, active: true, rules: [germans] });
  await ui.stack.idle();
  await ui.open(list.replace('ID', id));
  const target = ui.page.locator('#main').getByRole('link', { name: link, exact: true });
  await target.waitFor();
  // The code of the next page takes longer than the pause after which what is typed goes into the address.
  await ui.page.route(/\.js$/, (route) => setTimeout(() => void route.continue(), 1500));
  await ui.page.getByRole('searchbox', { name: search }).pressSequentially(link.slice(0, 2));
  await target.click();
  await ui.page.getByRole('heading', { level: 1, name: link }).waitFor();
});

it('hides the side bar of a phone until it is asked for', async () => {
  await ui.page.setViewportSize({ width: 390, height: 800 });
  await ui.open('#/segments');
  const leads = ui.page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Leads' });
  expect(await leads.isVisible()).toBe(false);
  await ui.page.getByRole('button', { name: 'Navigation' }).click();
  await leads.waitFor();
  await ui.isAccessible();
  await leads.click();
  await ui.page.getByRole('heading', { level: 1, name: 'Leads' }).waitFor();
  await expect.poll(() => leads.isVisible()).toBe(false);
});

it('tells what is chosen and switched on where the system sets all colors', async () => {
  const { id } = await ui.api.create({ name: 'In contrast', active: true, rules: [germans] });
  await ui.stack.idle();
  await ui.page.emulateMedia({ forcedColors: 'active' });
  await ui.open(`#/segments/${id}/activity`);
  await ui.page.locator('.mantine-SegmentedControl-label').first().waitFor();
  const looks = (of: Locator) =>
    of.evaluate((element) => {
      const { getComputedStyle } = globalThis as unknown as { getComputedStyle(of: object): Record<string, string> };
      const { backgroundColor, borderBottom, outline } = getComputedStyle(element);
      return [backgroundColor, borderBottom, outline].join(' | ');
    });
  const tab = (name: string) => ui.page.getByRole('navigation').getByRole('link', { name, exact: true });
  expect(await looks(tab('Activity'))).not.toBe(await looks(tab('History')));
  const places = ui.page.getByRole('navigation', { name: 'Pages' });
  expect(await looks(places.getByRole('link', { name: 'Segments' }).first())).not.toBe(
    await looks(places.getByRole('link', { name: 'Levels' })),
  );
  const span = (name: string) => ui.page.locator('.mantine-SegmentedControl-label').filter({ hasText: name });
  expect(await looks(span('30 days'))).not.toBe(await looks(span('90 days')));
  const part = (name: string) => ui.page.locator(`.mantine-Switch-${name}`).first();
  expect(await looks(part('thumb'))).not.toBe(await looks(part('track')));
  const isOn = await looks(part('track'));
  await ui.page.getByRole('switch').click();
  await ui.page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click();
  await ui.page.getByRole('switch', { checked: false }).waitFor();
  expect(await looks(part('track'))).not.toBe(isOn);
});

it('moves nothing for those who do not want motion', async () => {
  await ui.page.route(
    ({ pathname }) => pathname === '/segments',
    () => {},
  );
  await ui.open('#/segments');
  await ui.page
    .getByRole('status', { name: /Loading|segments/ })
    .first()
    .waitFor();
  const moving = 'document.getAnimations().filter(({ playState }) => playState === "running").length';
  expect(await ui.page.evaluate(moving)).toBe(0);
  await ui.isAccessible();
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
  await ui.isAccessible();
});
