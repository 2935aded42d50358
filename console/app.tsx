import { ExplanationPage } from './explanation-page.tsx';
import { formatMoment } from './format.ts';
import { ImportPage } from './import-page.tsx';
import { ImportsPage } from './imports-page.tsx';
import { LeadPage } from './lead-page.tsx';
import { Empty } from './notice.tsx';
import { useHealth } from './queries.ts';
import { hrefs, type Route, useRoute } from './route.ts';
import { SegmentPage } from './segment-page.tsx';
import { SegmentsPage } from './segments-page.tsx';

const navigation: ReadonlyArray<{ name: string; href: string; pages: ReadonlyArray<Route['page']> }> = [
  { name: 'Segments', href: hrefs.segments, pages: ['segments', 'segment'] },
  { name: 'Leads', href: hrefs.leads, pages: ['lead', 'explanation'] },
  { name: 'Imports', href: hrefs.imports, pages: ['imports', 'import'] },
];

/** The frame of every page: where one can go, and whether what one sees is live. */
export function App() {
  const route = useRoute();
  return (
    <>
      <button type="button" className="skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to content
      </button>
      <header className="top">
        <a className="brand" href={hrefs.segments}>
          <span className="brand-mark" aria-hidden="true" />
          <span className="brand-name">Lead Segments</span>
        </a>
        <nav aria-label="Pages">
          {navigation.map(({ name, href, pages }) => (
            <a key={name} href={href} aria-current={pages.includes(route.page) ? 'page' : undefined}>
              {name}
            </a>
          ))}
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
    case 'imports':
      return <ImportsPage />;
    case 'import':
      return <ImportPage key={route.importId} importId={route.importId} />;
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
