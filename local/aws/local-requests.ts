import type { IncomingMessage } from 'node:http';

/** Who may call a server of this run, and how. */
export interface Callers {
  /** The origins of the pages that may; those of any other web page are refused, wherever it comes from. */
  readonly origins: ReadonlySet<string> | 'any';
  /** Whether a body has to say that it is JSON: a form of any page can send one that does not, without asking first. */
  readonly jsonOnly: boolean;
}

/** Any page, with any body: for tests of what is behind. */
export const anyPage: Callers = { origins: 'any', jsonOnly: false };

/** No web page. */
export const noPages: Callers = { origins: new Set(), jsonOnly: false };

const thisMachine = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Why a request is not answered; undefined: it is. A browser on this machine reaches its servers for any web page that it
 * shows, also under a name that the page's owner lets point here: neither is somebody who started this run.
 */
export function refusalOf(
  { method = 'GET', headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  { origins, jsonOnly }: Callers,
): { readonly status: number; readonly message: string } | undefined {
  const { host = '', origin } = headers;
  if (!thisMachine.has(host.replace(/:\d+$/, '').toLowerCase())) {
    return {
      status: 403,
      message: `The local run answers under 127.0.0.1 and localhost only, not ${host || 'without a host'}`,
    };
  }
  const isOwnPage = origin === `http://${host}`;
  if (origin !== undefined && origins !== 'any' && !isOwnPage && !origins.has(origin)) {
    return { status: 403, message: `The local run answers no pages of ${origin}` };
  }
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (jsonOnly && hasBody && method !== 'OPTIONS' && !isJson(headers['content-type'])) {
    return { status: 415, message: 'The local run takes bodies with a content-type of application/json only' };
  }
  return undefined;
}

function isJson(contentType = ''): boolean {
  return /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType.trim());
}
