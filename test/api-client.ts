import { pathPart } from '../shared/http/path-parts.ts';

/** Any JSON object of an answer: tests say by their expectations what is in it. */
// biome-ignore lint/suspicious/noExplicitAny: what the API answers is what is tested, so it is read untyped.
export type Json = any;

/** An answer of the API. */
export interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly disposition: string | null;
  readonly etag: string | null;
  readonly location: string | null;
  /** The body: JSON as what it stands for, any other text as it is; undefined when there is none. */
  readonly body: Json;
}

/** What goes with a request; `text` is a body sent as it is. */
export interface RequestOptions {
  readonly body?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Speaks to the API as any client does. */
export class ApiClient {
  private readonly url: string;
  constructor(url: string) {
    this.url = url.replace(/\/$/, '');
  }

  async request(method: string, path: string, { body, text, headers }: RequestOptions = {}): Promise<Answer> {
    const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...(sent !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(sent !== undefined && { body: sent }),
    });
    const answered = await response.text();
    const contentType = response.headers.get('content-type');
    return {
      status: response.status,
      contentType,
      disposition: response.headers.get('content-disposition'),
      etag: response.headers.get('etag'),
      location: response.headers.get('location'),
      body: answered === '' || contentType?.startsWith('text/') ? answered || undefined : JSON.parse(answered),
    };
  }

  get = (path: string, headers?: Readonly<Record<string, string>>) =>
    this.request('GET', path, { ...(headers && { headers }) });
  post = (path: string, body?: unknown, headers?: Readonly<Record<string, string>>) =>
    this.request('POST', path, { body, ...(headers && { headers }) });
  put = (path: string, body?: unknown, headers?: Readonly<Record<string, string>>) =>
    this.request('PUT', path, { body, ...(headers && { headers }) });
  patch = (path: string, body?: unknown, headers?: Readonly<Record<string, string>>) =>
    this.request('PATCH', path, { body, ...(headers && { headers }) });
  delete = (path: string, headers?: Readonly<Record<string, string>>) =>
    this.request('DELETE', path, { ...(headers && { headers }) });

  /** Creates a segment and answers it. */
  async create(segment: object): Promise<Json> {
    const { status, body } = await this.post('/segments', segment);
    if (status !== 201) throw new Error(`Not created: ${JSON.stringify(body)}`);
    return body;
  }

  /** The segment as it is now. */
  async segment(id: string): Promise<Json> {
    return (await this.get(`/segments/${id}`)).body;
  }

  /** The ids of all members, page by page, sorted. */
  async members(segmentId: string, limit = 500): Promise<string[]> {
    const pages = await this.pages(`/segments/${segmentId}/members`, limit);
    return pages.flatMap((page) => page.members.map(({ leadId }: Json) => leadId)).sort();
  }

  /** Every page of a list, whose path may have a query. */
  async pages(path: string, limit: number): Promise<Json[]> {
    const first = `${path}${path.includes('?') ? '&' : '?'}limit=${limit}`;
    const pages: Json[] = [];
    let cursor = '';
    do {
      const { status, body } = await this.get(`${first}${cursor && `&cursor=${cursor}`}`);
      if (status !== 200) throw new Error(`No page: ${JSON.stringify(body)}`);
      pages.push(body);
      cursor = body.cursor ?? '';
    } while (cursor);
    return pages;
  }

  /** The ids of the segments a lead is in, sorted. */
  async segmentsOf(leadId: string): Promise<string[]> {
    const { body } = await this.get(`/leads/${pathPart(leadId)}/segments`);
    return body.segments.map(({ id }: Json) => id).sort();
  }
}
