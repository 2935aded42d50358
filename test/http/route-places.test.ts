import { describe, expect, test } from 'vitest';
import { placesOf } from '../../shared/http/route-places.ts';
import { keyOf, routes } from '../../shared/http/routes.ts';

const found = (path: string) => placesOf(path).map(({ route, parts }) => [keyOf(route), parts]);

describe('the routes of a path', () => {
  test('are those of every method, with the parts that vary', () => {
    expect(found('/segments/seg_1/members/lead|7')).toEqual([
      ['DELETE /segments/{segmentId}/members/{leadId}', { segmentId: 'seg_1', leadId: 'lead|7' }],
    ]);
    expect(found('/segments').map(([key]) => key)).toEqual(['POST /segments', 'GET /segments']);
  });

  test('come with the most literal first', () => {
    expect(found('/leads/search')).toEqual([
      ['POST /leads/search', {}],
      ['GET /leads/{leadId}', { leadId: 'search' }],
      ['DELETE /leads/{leadId}', { leadId: 'search' }],
    ]);
  });

  test.each([[''], ['/'], ['/segment'], ['/segments/'], ['//segments'], ['/segments/a/rules/b/c'], ['/Segments']])(
    'are none: %j',
    (path) => {
      expect(found(path)).toEqual([]);
    },
  );

  test('are found for each route, whatever their parts are', () => {
    for (const route of routes) {
      expect(found(route.path.replace(/\{\w+\}/g, '%E0%A4')).map(([key]) => key)).toContain(keyOf(route));
    }
  });
});
