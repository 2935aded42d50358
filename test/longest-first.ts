import { statSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const projects = ['whole', 'wire', 'template', 'quick', 'alone'];
/** What takes longest by far, longest first: one that began last would run on alone. */
const longest = [
  ...['bench/scale', 'bench/bus', 'journeys/leads-through-queues', 'journeys/exactness', 'browser/', 'api/fuzz'],
  ...['races/removals', 'races/races', 'membership/ways', 'lead/hostile-messages'],
];

/** Whole stacks before stand-ins before what runs in the process, and of each the longest first: so workers end together. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId, project }: TestSpecification) => {
      const place = longest.findIndex((part) => moduleId.includes(`/test/${part}`));
      return projects.indexOf(project.name) * 100 + (place === -1 ? longest.length : place);
    };
    const sizeOf = ({ moduleId }: TestSpecification) => statSync(moduleId).size;
    return [...files].sort((a, b) => rankOf(a) - rankOf(b) || sizeOf(b) - sizeOf(a));
  }
}
