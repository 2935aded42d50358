import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import classes from './segment-tabs.module.css';

const tabs = [
  { name: 'Rules', to: '/segments/$segmentId/rules' },
  { name: 'Members', to: '/segments/$segmentId/members' },
  { name: 'Activity', to: '/segments/$segmentId/activity' },
  { name: 'Overlap', to: '/segments/$segmentId/overlap' },
  { name: 'History', to: '/segments/$segmentId/history' },
  { name: 'Used by', to: '/segments/$segmentId/used-by' },
] as const;

/** The parts of a segment's page, each with an address of its own: links, not a tab list, because each is a page. */
export const SegmentTabs = memo(function SegmentTabs({ segmentId }: { segmentId: string }) {
  return (
    <nav aria-label="Parts of the segment" className={classes.tabs}>
      {tabs.map(({ name, to }) => (
        <Link key={to} to={to} params={{ segmentId }} className={classes.tab}>
          {name}
        </Link>
      ))}
    </nav>
  );
});
