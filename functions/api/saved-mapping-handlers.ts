import { cursorOf } from '../../shared/http/pages.ts';
import { mappingNamePattern, type savedMappingRoutes } from '../../shared/http/routes/saved-mapping-routes.ts';
import type { SavedMapping } from '../../shared/import/saved-mapping-store.ts';
import { invalid, notFound } from '../../shared/problem/problem.ts';
import type { ApiWorld } from './api-world.ts';
import type { HandlersOf } from './handler-of-route.ts';

/** DynamoDB takes items of 400 KB. */
const maximumBytes = 300_000;

/** The saved mapping of that name; undefined when there is none, or it can be none. */
export async function savedMapping(
  { savedMappings }: Pick<ApiWorld, 'savedMappings'>,
  name: string,
): Promise<SavedMapping | undefined> {
  return mappingNamePattern.test(name) ? savedMappings.get(name) : undefined;
}

/** What answers the routes of saved mappings. */
export function savedMappingHandlers(world: ApiWorld): HandlersOf<typeof savedMappingRoutes> {
  const { savedMappings, now } = world;
  return {
    listMappings: async ({ query }) => {
      const { limit, cursor } = query();
      const { mappings, next } = await savedMappings.page(limit, cursor?.after);
      const listed = mappings.map(({ mapping: _mapping, ...rest }) => rest);
      return {
        status: 200,
        body: { mappings: listed, ...(next !== undefined && { cursor: cursorOf({ after: next }) }) },
      };
    },

    getMapping: async ({ part }) => {
      const saved = await savedMapping(world, part('name'));
      if (!saved) throw notFound('saved mapping', part('name'));
      return { status: 200, body: saved };
    },

    saveMapping: async ({ part, body, author }) => {
      const [name, mapping] = [part('name'), body()];
      if (!mappingNamePattern.test(name)) {
        const message = 'the name must be 1 to 80 letters, digits, spaces or _ . -, and begin with a letter or digit';
        throw invalid([{ path: '', code: 'invalid_format', message }]);
      }
      const bytes = Buffer.byteLength(JSON.stringify(mapping));
      if (bytes > maximumBytes) {
        throw invalid([
          { path: '', code: 'too_large', message: `is ${bytes} bytes; at most ${maximumBytes} are possible` },
        ]);
      }
      const saved = { name, mapping, author, savedAt: new Date(now()).toISOString() };
      await savedMappings.put(saved);
      return { status: 200, body: saved };
    },

    deleteMapping: async ({ part }) => {
      const name = part('name');
      if (!mappingNamePattern.test(name) || !(await savedMappings.remove(name))) throw notFound('saved mapping', name);
      return { status: 204 };
    },
  };
}
