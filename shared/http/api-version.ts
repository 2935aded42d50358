/** The version of the HTTP API: another one when something that clients may rely on is left out, renamed or refused. */
export const apiVersion = 'v1';
