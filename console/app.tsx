import { ExplanationPage } from './explanation-page.tsx';
import { formatMoment } from './format.ts';
import { LeadPage } from './lead-page.tsx';
import { Empty } from './notice.tsx';
import { useHealth } from './queries.ts';
import { hrefs, type Route, useRoute } from './route.ts';
import { SegmentPage } from './segment-page.tsx';
import { SegmentsPage } from './segments-page.tsx';

/** The frame of every page: where one can go, and whether what one sees is live. */
export function App() {
  const route = useRoute();
  const isOnLeads = route.page === 'lead' || route.page === 'explanation';
  return (
    <>
      <button type="button" className="skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to content
      </button>
      <header className="top">
        <a className="brand" href={hrefs.segments}>
          <span className="brand-mark" aria-hidden="true" />
          Lead Segments
        </a>
        <nav aria-label="Pages">
          <a href={hrefs.segments} aria-current={isOnLeads ? undefined : 'page'}>
            Segments
          </a>
          <a href={hrefs.leads} aria-current={isOnLeads ? 'page' : undefined}>
            Leads
          </a>
        </nav>
        <Freshness />
      </header>
      <main id="main" tabIndex={-1}>
        <Page route={route} />
      </main>
    </>
  );
}

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case 'segments':
      return <SegmentsPage />;
    case 'segment':
      return <SegmentPage key={route.segmentId} segmentId={route.segmentId} />;
    case 'lead':
      return <LeadPage key={route.leadId} leadId={route.leadId} />;
    case 'explanation': {
      const { leadId, segmentId } = route;
      return <ExplanationPage key={`${leadId} ${segmentId}`} leadId={leadId} segmentId={segmentId} />;
    }
    case 'unknown':
      return (
        <Empty title="There is no such page">
          <a href={hrefs.segments}>All segments</a>
        </Empty>
      );
  }
}

// In a quiet system the bound is a minute above the truth at times.
const lateSeconds = 90;

function Freshness() {
  const { data, isError } = useHealth();
  if (isError) return <output className="freshness is-bad">API not reachable</output>;
  if (!data) return null;
  const seconds = Math.max(0, ...Object.values(data.queues).map((queue) => queue.oldestUnprocessedSeconds));
  const isLate = seconds > lateSeconds;
  const behind = seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  return (
    <output
      className={`freshness ${isLate ? 'is-late' : 'is-live'}`}
      title={`Every change up to ${formatMoment(data.freshAsOf)} is counted in`}
    >
      {isLate ? `Catching up, ${behind} behind` : 'Live'}
    </output>
  );
}
