import { createHash } from 'node:crypto';
import { TemplateError } from './template.ts';

const secretReference = /^\{\{resolve:secretsmanager:(arn:[^{}]+?):SecretString:*\}\}$/;

/**
 * What CloudFormation would put in the place of a dynamic reference. A secret is the same in each run of a stack, and no
 * secret at all: what it guards lies on this machine anyway.
 */
export function resolveDynamicReference(text: string, where: string): string {
  if (!text.includes('{{resolve:')) return text;
  const arn = secretReference.exec(text)?.[1];
  if (arn === undefined) throw new TemplateError(where, `the local run cannot resolve ${text}`);
  return createHash('sha256').update(`the local value of ${arn}`).digest('hex');
}
