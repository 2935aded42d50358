/** What a stand-in on this machine takes as credentials: it asks for some, but not for real ones. Elsewhere none. */
export function credentialsFor(
  endpoint: string | undefined,
): { accessKeyId: string; secretAccessKey: string } | undefined {
  const isHere = endpoint !== undefined && /(^|\.)localhost$|^127\.|^\[::1\]$/.test(new URL(endpoint).hostname);
  return isHere ? { accessKeyId: 'local', secretAccessKey: 'local' } : undefined;
}
