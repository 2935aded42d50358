import { App, Tags, Validations } from 'aws-cdk-lib';
import { bundleFunctions } from './bundle.ts';
import { LeadSegmentsStack } from './lead-segments-stack.ts';
import { stageOf } from './stage.ts';

const app = new App();
const stage = stageOf({ stage: app.node.tryGetContext('stage'), disposable: app.node.tryGetContext('disposable') });
const stack = new LeadSegmentsStack(app, stage.name === 'prod' ? 'LeadSegments' : `LeadSegments-${stage.name}`, {
  description: 'Lead segments: rules over leads, accounts and events, kept exact as changes arrive.',
  bundleDirectory: await bundleFunctions(),
  stage,
});
Tags.of(stack).add('project', 'lead-segments');

// The local run switches validation off, and then cdk-nag need not even be loaded.
if (process.env.CDK_VALIDATION !== 'false') {
  const { AwsSolutionsChecks } = await import('cdk-nag');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}

app.synth();
