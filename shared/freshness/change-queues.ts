/** The queues upstream systems send changes to. */
export const changeQueues = ['profileChanges', 'levelChanges', 'leadEvents', 'accountChanges'] as const;
/** One of the queues upstream systems send changes to. */
export type ChangeQueue = (typeof changeQueues)[number];
