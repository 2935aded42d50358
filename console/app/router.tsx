import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { readImportsSearch } from '../imports/imports-search.ts';
import { readLeadsSearch } from '../leads/leads-search.ts';
import { readMembersSearch } from '../members/members-search.ts';
import { readCompareSearch } from '../overlap/compare-search.ts';
import { readSegmentsSearch } from '../segment-list/segments-search.ts';
import { Shell } from './shell.tsx';
import { numberTypedAddresses } from './typed-addresses.ts';
import { BrokenPage, UnknownPage } from './unknown-page.tsx';

const root = createRootRoute({ component: Shell });

const start = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/segments', replace: true });
  },
});

const segments = createRoute({
  getParentRoute: () => root,
  path: '/segments',
  validateSearch: readSegmentsSearch,
  component: lazyRouteComponent(() => import('../segment-list/segments-page.tsx'), 'SegmentsPage'),
});

const templates = createRoute({
  getParentRoute: () => root,
  path: '/segments/templates',
  component: lazyRouteComponent(() => import('../segment-list/templates-page.tsx'), 'TemplatesPage'),
});

const segment = createRoute({
  getParentRoute: () => root,
  path: '/segments/$segmentId',
  component: lazyRouteComponent(() => import('../segments/segment-page.tsx'), 'SegmentPage'),
});

const segmentStart = createRoute({
  getParentRoute: () => segment,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/segments/$segmentId/rules', params, replace: true });
  },
});

const segmentRules = createRoute({
  getParentRoute: () => segment,
  path: '/rules',
  component: lazyRouteComponent(() => import('../segments/rules-tab.tsx'), 'RulesTab'),
});

const segmentMembers = createRoute({
  getParentRoute: () => segment,
  path: '/members',
  validateSearch: readMembersSearch,
  component: lazyRouteComponent(() => import('../segments/members-tab.tsx'), 'MembersTab'),
});

const segmentActivity = createRoute({
  getParentRoute: () => segment,
  path: '/activity',
  component: lazyRouteComponent(() => import('../segments/activity-tab.tsx'), 'ActivityTab'),
});

const segmentOverlap = createRoute({
  getParentRoute: () => segment,
  path: '/overlap',
  validateSearch: readCompareSearch,
  component: lazyRouteComponent(() => import('../segments/overlap-tab.tsx'), 'OverlapTab'),
});

const segmentHistory = createRoute({
  getParentRoute: () => segment,
  path: '/history',
  component: lazyRouteComponent(() => import('../segments/history-tab.tsx'), 'HistoryTab'),
});

const segmentUsedBy = createRoute({
  getParentRoute: () => segment,
  path: '/used-by',
  component: lazyRouteComponent(() => import('../segments/used-by-tab.tsx'), 'UsedByTab'),
});

const compare = createRoute({
  getParentRoute: () => root,
  path: '/compare',
  validateSearch: readCompareSearch,
  component: lazyRouteComponent(() => import('../overlap/compare-page.tsx'), 'ComparePage'),
});

const leads = createRoute({
  getParentRoute: () => root,
  path: '/leads',
  validateSearch: readLeadsSearch,
  component: lazyRouteComponent(() => import('../leads/leads-page.tsx'), 'LeadsPage'),
});

const lead = createRoute({
  getParentRoute: () => root,
  path: '/leads/$leadId',
  component: lazyRouteComponent(() => import('../leads/lead-page.tsx'), 'LeadPage'),
});

const explanation = createRoute({
  getParentRoute: () => root,
  path: '/leads/$leadId/segments/$segmentId',
  component: lazyRouteComponent(() => import('../leads/explanation-page.tsx'), 'ExplanationPage'),
});

const imports = createRoute({
  getParentRoute: () => root,
  path: '/imports',
  validateSearch: readImportsSearch,
  component: lazyRouteComponent(() => import('../imports/imports-page.tsx'), 'ImportsPage'),
});

const oneImport = createRoute({
  getParentRoute: () => root,
  path: '/imports/$importId',
  validateSearch: readImportsSearch,
  component: lazyRouteComponent(() => import('../imports/import-page.tsx'), 'ImportPage'),
});

const levels = createRoute({
  getParentRoute: () => root,
  path: '/levels',
  component: lazyRouteComponent(() => import('../settings/levels-page.tsx'), 'LevelsPage'),
});

const health = createRoute({
  getParentRoute: () => root,
  path: '/settings/health',
  component: lazyRouteComponent(() => import('../settings/health-page.tsx'), 'HealthPage'),
});

const vocabulary = createRoute({
  getParentRoute: () => root,
  path: '/settings/vocabulary',
  component: lazyRouteComponent(() => import('../settings/vocabulary-page.tsx'), 'VocabularyPage'),
});

const access = createRoute({
  getParentRoute: () => root,
  path: '/settings/access',
  component: lazyRouteComponent(() => import('../settings/access-page.tsx'), 'AccessPage'),
});

const routeTree = root.addChildren([
  start,
  segments,
  templates,
  segment.addChildren([
    segmentStart,
    segmentRules,
    segmentMembers,
    segmentActivity,
    segmentOverlap,
    segmentHistory,
    segmentUsedBy,
  ]),
  compare,
  leads,
  lead,
  explanation,
  imports,
  oneImport,
  levels,
  health,
  vocabulary,
  access,
]);

numberTypedAddresses(() => router.history.location.state.__TSR_index);

/** The console's pages by their addresses, after `#`: so the console can be served from any folder, by any server. */
export const router = createRouter({
  routeTree,
  history: createHashHistory(),
  defaultPreload: 'intent',
  defaultErrorComponent: BrokenPage,
  defaultNotFoundComponent: UnknownPage,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
