import { App } from 'aws-cdk-lib';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { bundleFunctions } from '../../infra/bundle.ts';
import { LeadSegmentsStack } from '../../infra/lead-segments-stack.ts';
import { stageOf } from '../../infra/stage.ts';
import { membershipEventTypes } from './bus-queue.ts';

/** The product with a subscriber in its template: what it has not heard yet survives the end of the stack, as all else. */
const app = new App();
const stack = new LeadSegmentsStack(app, 'LeadSegments-bench', {
  bundleDirectory: await bundleFunctions(),
  stage: stageOf({}),
});
const eventBus = stack.node.findChild('Bus');
if (!(eventBus instanceof EventBus)) throw new Error('The bus is called otherwise now');
new Rule(stack, 'Subscription', {
  eventBus,
  eventPattern: { detailType: [...membershipEventTypes] },
  targets: [new SqsQueue(new Queue(stack, 'Subscriber'))],
});
app.synth();
