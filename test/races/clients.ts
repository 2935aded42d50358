import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clients } from '../../shared/aws/clients.ts';
import type { Actor, Scheduler } from './scheduler.ts';
import type { Service } from './store/cloud.ts';
import type { Input } from './store/database.ts';

/** All that functions call in the simulator. */
export type SimulatedClients = Clients & { readonly s3: S3Client };

/** The AWS clients of one actor: real commands go in, the scheduler answers them. */
export function createSimulatedClients(scheduler: Scheduler, actor: Actor): SimulatedClients {
  const send = (service: Service) => (command: { input: Input }) =>
    scheduler.submit(actor, {
      by: actor.name,
      service,
      command: command.constructor.name.replace(/Command$/, ''),
      input: command.input,
    });
  return {
    dynamodb: client(DynamoDBClient.prototype, send('dynamodb')),
    documents: client(DynamoDBDocumentClient.prototype, send('documents')),
    sqs: client(SQSClient.prototype, send('sqs')),
    eventBridge: client(EventBridgeClient.prototype, send('eventBridge')),
    s3: client(S3Client.prototype, send('s3')),
  };
}

/** Of the client's own kind, which the paginators of the SDK ask for; nothing of it is used but `send`. */
function client<T extends object>(prototype: T, send: (command: { input: Input }) => Promise<unknown>): T {
  return Object.assign(Object.create(prototype), { send });
}
