import { z } from 'zod';
import { exportFormats, exportPurposes } from '../export/export.ts';
import { idList, nameList, parameter } from './parameters.ts';

const maximumSegments = 100;

/** What `GET /segments/{segmentId}/export` tells of members, and how; `for` goes by the format when it is left out. */
export const exportParameters = {
  format: parameter(
    {
      description: '`csv`, `jsonl` (a line of JSON for each member) or `parquet`.',
      schema: { type: 'string', enum: exportFormats, default: 'csv' },
    },
    z.enum(exportFormats, `must be one of ${exportFormats.join(', ')}`).default('csv'),
  ),
  for: parameter(
    {
      description:
        '`spreadsheet`: formulas are neutralised; `data`: every value exactly as it is, for programs. Without it, CSV is for a spreadsheet, the other formats are for data.',
      schema: { type: 'string', enum: exportPurposes },
    },
    z.enum(exportPurposes, `must be one of ${exportPurposes.join(', ')}`).optional(),
  ),
  labels: nameList('What to call each of the `fields`, in their order'),
  segments: parameter(
    {
      description: `Up to ${maximumSegments} ids, with commas between: for each of these segments, whether the member is in it, and since when.`,
      schema: { type: 'string' },
    },
    idList({ least: 1, most: maximumSegments }).optional(),
  ),
};
