import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { functionFiles, kebabCase } from '../../infra/function-files.ts';
import { LeadSegmentsStack } from '../../infra/lead-segments-stack.ts';
import { stageOf } from '../../infra/stage.ts';

/** What the CLI would give every app: the feature flags of the library. */
export const cdk = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> };

/** A resource of a synthesized template. */
export interface TemplateResource {
  Properties: Record<string, unknown>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

/** The stack in an app of its own, with empty functions: what is in the bundles is no concern of the template. */
export function createStack(context: Record<string, string> = {}): { app: App; stack: LeadSegmentsStack } {
  const directory = mkdtempSync(join(tmpdir(), 'lead-segments-'));
  for (const name of Object.keys(functionFiles)) {
    mkdirSync(join(directory, kebabCase(name)));
    writeFileSync(join(directory, kebabCase(name), 'index.mjs'), `// ${name}\n`);
  }
  const app = new App({ outdir: join(directory, 'cdk.out'), context: { ...cdk.context, ...context } });
  const stack = new LeadSegmentsStack(app, 'LeadSegments', { bundleDirectory: directory, stage: stageOf(context) });
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  return { app, stack };
}

/** What CloudFormation would be given. */
export function synthesize(context: Record<string, string> = {}): Template {
  const { stack } = createStack(context);
  const { CDK_VALIDATION } = process.env;
  // Whether rules are broken is for cdk-nag.test.ts: validation takes ten times as long as all the rest.
  process.env.CDK_VALIDATION = 'false';
  try {
    return Template.fromStack(stack);
  } finally {
    if (CDK_VALIDATION === undefined) delete process.env.CDK_VALIDATION;
    else process.env.CDK_VALIDATION = CDK_VALIDATION;
  }
}

/** All resources of a type, by logical id without the hash. */
export function resourcesOf(template: Template, type: string): Map<string, TemplateResource> {
  const resources = Object.entries(template.findResources(type)) as Array<[string, TemplateResource]>;
  return new Map(resources.map(([id, resource]) => [id.replace(/[0-9A-F]{8}$/, ''), resource]));
}
