import { openApiOf } from '../../shared/http/openapi.ts';
import type { serviceRoutes } from '../../shared/http/routes/service-routes.ts';
import { reconciliationHealth } from '../../shared/reconciliation/shard-pass.ts';
import type { ApiWorld } from './api-world.ts';
import type { HandlersOf } from './handler-of-route.ts';

/** What answers the routes of the service itself. */
export function serviceHandlers(world: ApiWorld): HandlersOf<typeof serviceRoutes> {
  const { catalog, queueHealth, segmentView, reconciliations, keptOut } = world;
  let contract: ReturnType<typeof openApiOf> | undefined;
  return {
    getHealth: async () => {
      const { active } = await catalog.current();
      const [health, freshAsOf, passes, keptOutMessages] = await Promise.all([
        queueHealth.health(),
        segmentView.freshAsOf([...active.keys()]),
        reconciliations.all(),
        keptOut.read(),
      ]);
      const reconciliation = reconciliationHealth(passes);
      return {
        status: 200,
        body: { ...health, freshAsOf, keptOutMessages, ...(reconciliation && { reconciliation }) },
      };
    },

    // Made when it is first asked for.
    getOpenapi: async () => {
      contract ??= openApiOf();
      return { status: 200, body: contract };
    },
  };
}
