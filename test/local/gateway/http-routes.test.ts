import { describe, expect, it } from 'vitest';
import { matchRoute } from '../../../local/gateway/http-routes.ts';

const keys = [
  '$default',
  'ANY /{proxy+}',
  'GET /segments',
  'GET /segments/{segmentId}',
  'ANY /segments/{segmentId}',
  'GET /segments/newest',
  'GET /segments/{segmentId}/rules/{ruleId}',
  'GET /segments/{path+}',
];
const routes = keys.map((key) => ({ key, target: key }));

describe('matchRoute', () => {
  it.each<[method: string, path: string, key: string, parameters: Record<string, string>]>([
    ['GET', '/segments', 'GET /segments', {}],
    ['GET', '/segments/seg_1', 'GET /segments/{segmentId}', { segmentId: 'seg_1' }],
    ['PATCH', '/segments/seg_1', 'ANY /segments/{segmentId}', { segmentId: 'seg_1' }],
    ['GET', '/segments/newest', 'GET /segments/newest', {}],
    ['GET', '/segments/a%2Fb%20c', 'GET /segments/{segmentId}', { segmentId: 'a/b c' }],
    ['GET', '/segments/100%', 'GET /segments/{segmentId}', { segmentId: '100%' }],
    ['GET', '/segments/s/rules/r', 'GET /segments/{segmentId}/rules/{ruleId}', { segmentId: 's', ruleId: 'r' }],
    ['GET', '/segments/s/members', 'GET /segments/{path+}', { path: 's/members' }],
    ['POST', '/other/path', 'ANY /{proxy+}', { proxy: 'other/path' }],
    ['GET', '/', '$default', {}],
  ])('%s %s takes %s', (method, path, key, pathParameters) => {
    expect(matchRoute(routes, method, path)).toEqual({ route: { key, target: key }, pathParameters });
  });

  it('finds nothing where no route fits', () => {
    expect(matchRoute([{ key: 'GET /segments', target: 0 }], 'POST', '/segments')).toBeUndefined();
    expect(matchRoute([{ key: 'GET /segments', target: 0 }], 'GET', '/segments/')).toBeUndefined();
  });
});
