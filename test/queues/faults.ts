import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, vi } from 'vitest';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const nowhere = {
  region: 'eu-central-1',
  endpoint: 'http://127.0.0.1:1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
};

// Only for faults that the stand-ins cannot make: the clients lead nowhere, every answer is set by the test.
export const dynamodb = new DynamoDBClient(nowhere);
export const eventBridge = new EventBridgeClient(nowhere);
export const sqs = new SQSClient(nowhere);

/** Makes the pauses before another try as short as they may be by chance: none. */
export function withoutPauses(): void {
  beforeEach(() => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
}
