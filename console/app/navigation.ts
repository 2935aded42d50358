import { IconFileImport, IconUsers, IconUsersGroup } from '@tabler/icons-react';

/** The side bar: the manual's places, each with the address it opens. */
export const navigation = [
  { name: 'Configure', places: [{ name: 'Segments', to: '/segments', Icon: IconUsersGroup }] },
  { name: 'Analyze', places: [{ name: 'Leads', to: '/leads', Icon: IconUsers }] },
  { name: 'Data', places: [{ name: 'Imports', to: '/imports', Icon: IconFileImport }] },
] as const;
