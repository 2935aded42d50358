import { expect, test } from 'vitest';
import { looksPersonal } from '../../shared/privacy/personal-value.ts';

test.each([
  'ada@example.com',
  'Ada <ada@example.com>',
  '@ada_l',
  '+49 711 123456',
  '0711/123456',
  '(555) 123-4567',
  '555-123-4567',
  '+4971112345678',
  'tel: +49711123456',
  '491711234567',
  '0711123456',
  '192.168.0.17',
  '2001:db8::1',
  '::1',
  '3fa85f64-5717-4562-b3fc-2c963f66afa6',
  'deadbeef00112233',
  'https://example.com/in?token=abc',
  '/confirm?user=ada',
  'Hauptstraße 5',
  'Lange Str. 12b',
  'Am Bergweg 7',
  '221 Baker Street',
  '10 Downing Street, London',
  'Rue de Rivoli 12',
  'Please call me back after five, I am out',
  'line one\nline two',
  'x'.repeat(61),
])('%j looks personal', (text) => {
  expect(looksPersonal(text)).toBe(true);
});

test.each([
  'DE',
  'Software',
  'Head of Data',
  'Vice President of Sales and Marketing',
  '/pricing',
  '/docs/api/v2',
  'https://example.com/pricing',
  '12',
  '-3.5',
  '5000000',
  '1.500.000'.replaceAll('.', ''),
  '01234',
  '2026-05-04',
  '2026-05-04T09:30:00Z',
  'true',
  'Very Hot',
  '1-10 employees',
  '200-500',
  '10:30',
  'C++',
  'R&D',
  'São Paulo',
  '東京',
  'Wall Street Journal',
  '5 Star Hotel',
])('%j does not', (text) => {
  expect(looksPersonal(text)).toBe(false);
});
