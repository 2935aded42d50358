import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { KeyedHash } from '../../shared/privacy/keyed-hash.ts';

const algorithm = 'AES-GCM';
const ivBytes = 12;

/**
 * The key that only this request opens: it is made of all that the request asks, and of the secret key of hashes. So a kept
 * answer tells nobody anything but who sends the same request again, and knows whom it is about.
 */
async function keyOf(event: APIGatewayProxyEventV2, hash: KeyedHash) {
  const { requestContext, rawPath, rawQueryString, body = '' } = event;
  const asked = JSON.stringify(['answer to', requestContext.http.method, rawPath, rawQueryString, body]);
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(hash(asked)));
  return crypto.subtle.importKey('raw', bytes, algorithm, false, ['encrypt', 'decrypt']);
}

/** The body of an answer to a request, sealed: random bytes, then the encrypted text. */
export async function sealBody(body: string, event: APIGatewayProxyEventV2, hash: KeyedHash): Promise<Uint8Array> {
  const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
  const sealed = await crypto.subtle.encrypt(
    { name: algorithm, iv },
    await keyOf(event, hash),
    new TextEncoder().encode(body),
  );
  return Buffer.concat([iv, Buffer.from(sealed)]);
}

/** The body that was sealed for the same request. Throws for another one. */
export async function openBody(sealed: Uint8Array, event: APIGatewayProxyEventV2, hash: KeyedHash): Promise<string> {
  const iv = new Uint8Array(sealed.subarray(0, ivBytes));
  const bytes = new Uint8Array(sealed.subarray(ivBytes));
  return new TextDecoder().decode(
    await crypto.subtle.decrypt({ name: algorithm, iv }, await keyOf(event, hash), bytes),
  );
}
