import { notFound, parseOrRefuse } from '../../shared/problem/problem.ts';
import { isLevelKind, saveLevelsSchema } from '../../shared/vocabulary/levels.ts';
import { levelWriter } from './context.ts';
import { parameter, type Route } from './route.ts';

/** `PUT /vocabulary/levels/{kind}`: the names of engagement, profile or account levels, lowest first */
export const saveLevels: Route = async (request) => {
  const kind = parameter(request, 'kind');
  if (!isLevelKind(kind)) throw notFound('kind of levels', kind);
  const { levels } = parseOrRefuse(saveLevelsSchema, request.body());
  return { status: 200, body: { levels: await levelWriter.save(kind, levels) } };
};
