import {
  IconChartBubble,
  IconFileImport,
  IconHeartbeat,
  IconLock,
  IconStairsUp,
  IconTags,
  IconUsers,
  IconUsersGroup,
} from '@tabler/icons-react';

/** The side bar: the manual's places, each with the address it opens. */
export const navigation = [
  {
    name: 'Configure',
    places: [
      { name: 'Segments', to: '/segments', Icon: IconUsersGroup },
      { name: 'Levels', to: '/levels', Icon: IconStairsUp },
    ],
  },
  {
    name: 'Analyze',
    places: [
      { name: 'Leads', to: '/leads', Icon: IconUsers },
      { name: 'Segments', to: '/compare', Icon: IconChartBubble },
    ],
  },
  { name: 'Data', places: [{ name: 'Imports', to: '/imports', Icon: IconFileImport }] },
  {
    name: 'Settings',
    places: [
      { name: 'Health', to: '/settings/health', Icon: IconHeartbeat },
      { name: 'Vocabulary', to: '/settings/vocabulary', Icon: IconTags },
      { name: 'Access', to: '/settings/access', Icon: IconLock },
    ],
  },
] as const;
