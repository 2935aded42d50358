import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { createStack } from './synthesize.ts';

type CreatedStack = ReturnType<typeof createStack>;

/** What cdk-nag and the CloudFormation validator say about an app. */
function findings({ app }: CreatedStack): string[] {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  try {
    app.synth();
    return [];
  } catch (error) {
    if ((error as Error).name !== 'ValidationFailed') throw error;
    const report = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')) as {
      pluginReports: Array<{
        violations: Array<{ ruleName: string; violatingConstructs: Array<{ constructPath: string }> }>;
      }>;
    };
    return report.pluginReports.flatMap(({ violations }) =>
      violations.flatMap(({ ruleName, violatingConstructs }) =>
        violatingConstructs.map(({ constructPath }) => `${ruleName} ${constructPath}`),
      ),
    );
  }
}

describe('the stack', () => {
  it.each([{ stage: 'dev' }, { stage: 'prod', corsOrigins: 'https://a.example' }])(
    'breaks no rule of AWS Solutions with %j that is not acknowledged with its reason',
    (context) => {
      expect(findings(createStack(context))).toEqual([]);
    },
  );

  it('breaks none with a log of the bus', () => {
    expect(findings(createStack({ busLog: 'true' }))).toEqual([]);
  });

  it('is found out when it does', () => {
    const created = createStack();
    new Bucket(created.stack, 'Careless');
    expect(findings(created)).toContain('AwsSolutions-S10 LeadSegments/Careless/Resource');
  });
});
