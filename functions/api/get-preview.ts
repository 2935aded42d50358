import { notFound } from '../../shared/problem/problem.ts';
import { previewer, previews } from './context.ts';
import { previewAnswer } from './preview-answer.ts';
import { parameter, type Route } from './route.ts';

/** `GET /previews/{previewId}`: a preview that was not exact in time, as far as it is counted by now */
export const getPreview: Route = async (request) => {
  const previewId = parameter(request, 'previewId');
  const pending = await previews.get(previewId);
  if (!pending) throw notFound('preview', previewId);
  return previewAnswer(pending.question, () => previewer.poll(pending));
};
