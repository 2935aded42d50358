import { vocabularyOf } from '../../shared/vocabulary/vocabulary.ts';
import { catalog, vocabulary } from './context.ts';
import type { Route } from './route.ts';

/** `GET /vocabulary`: what the rule builder's dropdowns show */
export const getVocabulary: Route = async () => {
  const [seen, { context }] = await Promise.all([vocabulary.read(), catalog.current()]);
  return { status: 200, body: vocabularyOf(seen, context.levels) };
};
