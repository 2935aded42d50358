import { agreementRateOf, driftOf, type Figures } from './figures.ts';

/** The namespace of the product's own metrics. */
const namespace = 'LeadSegments';

/**
 * What a pass of the reconciler found, as a log line that CloudWatch takes metrics from (embedded metric format): no call,
 * and no cost while there is nothing to say. `now`: epoch ms.
 */
export function reconciliationMetrics(figures: Figures, functionName: string, now: number): string {
  const metrics = {
    Compared: figures.compared,
    Drift: driftOf(figures),
    Repaired: figures.repaired,
    ...(figures.compared > 0 && { AgreementRate: agreementRateOf(figures) * 100 }),
  };
  const units = (name: string) => (name === 'AgreementRate' ? 'Percent' : 'Count');
  return JSON.stringify({
    _aws: {
      Timestamp: now,
      CloudWatchMetrics: [
        {
          Namespace: namespace,
          Dimensions: [['FunctionName']],
          Metrics: Object.keys(metrics).map((Name) => ({ Name, Unit: units(Name) })),
        },
      ],
    },
    FunctionName: functionName,
    ...metrics,
    drift: figures.drift,
  });
}
