/** A message for one of the change queues, by the queue's name in `stack.json`. */
export interface DemoMessage {
  readonly queue: 'profileChanges' | 'levelChanges' | 'leadEvents' | 'accountChanges';
  readonly content: object;
}

/** How many leads the demo invents. */
export const demoLeadCount = 3_000;
const accountCount = 120;

/** The id of the nth demo lead, from 1. */
export function demoLeadId(number: number): string {
  return `demo-${String(number).padStart(4, '0')}`;
}

function demoAccountId(number: number): string {
  return `demo-account-${String(number).padStart(3, '0')}`;
}

/** Random numbers that are the same in every run: mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const first =
  'Ada Ben Carla Daniel Elena Farid Grace Hiro Ines Jonas Kavya Liam Mei Noah Olga Priya Quinn Rosa Sven Tara';
const last =
  'Adler Brandt Chen Diaz Eriksen Fischer Gupta Haddad Ito Jansen Kaya Lopez Moreau Nowak Okafor Patel Rossi Silva';
const firstNames = first.split(' ');
const lastNames = last.split(' ');
const companyNames = 'Alder Birch Cedar Delta Ember Fjord Granite Harbor Indigo Juniper Kestrel Lumen'.split(' ');
const companyKinds = 'Analytics,Bank,Foods,Health,Labs,Logistics,Media,Motors,Networks,Robotics'.split(',');
const industries = 'Software,Banking,Food,Healthcare,Research,Logistics,Media,Automotive,Telecom,Manufacturing'.split(
  ',',
);
const places = [
  ['United States', 'New York'],
  ['United States', 'Austin'],
  ['Germany', 'Berlin'],
  ['United Kingdom', 'London'],
  ['France', 'Lyon'],
  ['India', 'Pune'],
  ['Brazil', 'São Paulo'],
  ['Japan', 'Osaka'],
] as const;
const leadSources = ['Organic Search', 'Referral', 'Webinar', 'Paid Ads', 'Conference', 'Outbound'];
const jobs = [
  ['Software Engineer', 'Individual Contributor', 'Engineering'],
  ['Data Engineer', 'Individual Contributor', 'Engineering'],
  ['Engineering Manager', 'Manager', 'Engineering'],
  ['Director of Engineering', 'Director', 'Engineering'],
  ['Marketing Specialist', 'Individual Contributor', 'Marketing'],
  ['Marketing Manager', 'Manager', 'Marketing'],
  ['VP Marketing', 'VP', 'Marketing'],
  ['Account Executive', 'Individual Contributor', 'Sales'],
  ['VP Sales', 'VP', 'Sales'],
  ['Finance Analyst', 'Individual Contributor', 'Finance'],
  ['Chief Financial Officer', 'C-Level', 'Finance'],
  ['Chief Technology Officer', 'C-Level', 'Engineering'],
] as const;
const engagementLevels = ['Cold', 'Warm', 'Hot', 'Very Hot'];
const profileLevels = ['Poor Fit', 'Okay Fit', 'Strong Fit', 'Perfect Fit'];
const accountLevels = ['Standard', 'Qualified', 'Target', 'Strategic'];
const paths = ['/', '/product', '/pricing', '/pricing/enterprise', '/blog/segments', '/docs', '/customers', '/about'];
const forms = ['newsletter', 'demo-request', 'whitepaper', 'contact', 'book-a-demo'];
const webinars = ['Scoring That Sells', 'Segments in an Hour', 'Inside Account-Based Marketing'];
const campaigns = ['autumn-launch', 'product-news', 'win-back'];

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Draws things that are plausible. */
class Draw {
  private readonly random: () => number;

  constructor(random: () => number) {
    this.random = random;
  }

  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  chance(share: number): boolean {
    return this.random() < share;
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** Each choice about half as likely as the one before. */
  mostlyFirst<T>(choices: readonly T[]): T {
    const rank = choices.findIndex(() => this.chance(0.5));
    return choices[rank < 0 ? 0 : rank]!;
  }
}

/** The demo's accounts. `base`: epoch ms, the moment as of which the invented history is told. */
export function demoAccounts(base: number): DemoMessage[] {
  const draw = new Draw(seededRandom(11));
  return Array.from({ length: accountCount }, (_, index) => {
    const kind = index % companyKinds.length;
    const name = `${companyNames[Math.floor(index / companyKinds.length)]} ${companyKinds[kind]}`;
    const attributes = {
      name,
      industry: industries[kind],
      employees: draw.of([12, 45, 120, 480, 1_500, 8_000]),
      plan: draw.mostlyFirst(['Free', 'Team', 'Business', 'Enterprise']),
    };
    const accountId = demoAccountId(index + 1);
    const occurredAt = moment(base - draw.below(300) * dayMs);
    const accountLevel = draw.mostlyFirst(accountLevels);
    return { queue: 'accountChanges', content: { accountId, occurredAt, accountLevel, attributes } };
  });
}

/**
 * The nth demo lead as upstream systems would tell of it: events, levels and profile, the same in every run. The first
 * one is created at `base` itself.
 */
export function demoLead(number: number, base: number): DemoMessage[] {
  const draw = new Draw(seededRandom(1_000 + number));
  const leadId = demoLeadId(number);
  const age = draw.below(300 * 24 * 60) * minuteMs;
  const createdAt = number === 1 ? base : base - age;
  const occurredAt = moment(createdAt);
  const [firstName, lastName] = [draw.of(firstNames), draw.of(lastNames)];
  const [jobTitle, seniority, department] = draw.of(jobs);
  const [country, city] = draw.of(places);
  const attributes = {
    first_name: firstName,
    last_name: lastName,
    email: `${firstName}.${lastName}.${number}@example.com`.toLowerCase(),
    job_title: jobTitle,
    seniority,
    department,
    country,
    city,
    lead_source: draw.of(leadSources),
    created_at: occurredAt,
    ...(draw.chance(0.6) && { phone: `+1-555-01${String(number % 100).padStart(2, '0')}` }),
  };
  const account = draw.chance(0.9) && { accountId: demoAccountId(1 + draw.below(accountCount)) };
  const levels = {
    engagementLevel: draw.mostlyFirst(engagementLevels),
    profileLevel: draw.of(profileLevels),
  };
  const eventCount = draw.below(4);
  const events = Array.from({ length: eventCount }, (_, index) => {
    const at = createdAt + draw.below(Math.max(1, base - createdAt));
    return demoEvent(leadId, `${leadId}-${index + 1}`, moment(at), draw);
  });
  return [
    ...events,
    { queue: 'levelChanges', content: { leadId, occurredAt, ...levels } },
    { queue: 'profileChanges', content: { leadId, occurredAt, ...account, attributes } },
  ];
}

/** Something that happens now to some lead: mostly an event, at times a new level or a new job. */
export function demoChange(random: () => number, now: number, changeId: string): DemoMessage {
  const draw = new Draw(random);
  const leadId = demoLeadId(1 + draw.below(demoLeadCount));
  const occurredAt = moment(now);
  if (draw.chance(0.6)) return demoEvent(leadId, changeId, occurredAt, draw);
  if (draw.chance(0.15)) {
    const [jobTitle, seniority, department] = draw.of(jobs);
    const attributes = { job_title: jobTitle, seniority, department };
    return { queue: 'profileChanges', content: { changeId, leadId, occurredAt, attributes } };
  }
  const level = draw.chance(0.8)
    ? { engagementLevel: draw.mostlyFirst(engagementLevels) }
    : { profileLevel: draw.of(profileLevels) };
  return { queue: 'levelChanges', content: { changeId, leadId, occurredAt, ...level } };
}

function demoEvent(leadId: string, eventId: string, occurredAt: string, draw: Draw): DemoMessage {
  const [eventType, metadata] = draw.mostlyFirst([
    ['Page View', { path: draw.of(paths) }],
    ['Email Open', { campaign: draw.of(campaigns) }],
    ['Form Submit', { form_id: draw.of(forms) }],
    ['Webinar Attend', { webinar: draw.of(webinars) }],
  ] as const);
  return { queue: 'leadEvents', content: { eventId, leadId, eventType, occurredAt, metadata } };
}

function moment(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
