import { notFound } from '../../shared/problem/problem.ts';
import { exportFiles, exportJobs } from './context.ts';
import { parameter, type Route } from './route.ts';

const urlSeconds = 3_600;
const idPattern = /^exp_[0-9A-Z]{26}$/;

/** `GET /exports/{exportId}`: how far an export is, and where its file is to be fetched */
export const getExport: Route = async (request) => {
  const asked = parameter(request, 'exportId');
  const job = idPattern.test(asked) ? await exportJobs.get(asked) : undefined;
  if (!job) throw notFound('export', asked);
  const { exportId, segmentId, state, rows, createdAt, finishedAt, reason } = job;
  const urlExpiresAt = new Date(Date.now() + urlSeconds * 1_000).toISOString();
  const file = state === 'done' ? { url: await exportFiles.signedUrl(exportId, urlSeconds), urlExpiresAt } : {};
  const ending = { ...(finishedAt !== undefined && { finishedAt }), ...(reason !== undefined && { reason }) };
  return { status: 200, body: { exportId, segmentId, state, rows, createdAt, ...ending, ...file } };
};
