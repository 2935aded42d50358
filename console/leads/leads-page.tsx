import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Page } from '../parts/page.tsx';
import { LeadsList } from './leads-list.tsx';

/** All leads, and the way to one whose id is known. */
export function LeadsPage() {
  const navigate = useNavigate();
  const [wanted, setWanted] = useState('');
  return (
    <Page heading="Leads">
      <form
        className="lookup"
        onSubmit={(event) => {
          event.preventDefault();
          if (wanted.trim()) void navigate({ to: '/leads/$leadId', params: { leadId: wanted.trim() } });
        }}
      >
        <input
          type="search"
          className="search"
          aria-label="Lead id"
          placeholder="Lead id"
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
        <button type="submit" className="primary">
          Look up
        </button>
      </form>
      <LeadsList />
    </Page>
  );
}
