import { segmentTemplates } from '../../shared/segment/template.ts';
import type { Route } from './route.ts';

/** `GET /templates` */
export const listTemplates: Route = async () => ({ status: 200, body: { templates: segmentTemplates } });
