import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiContext, createApi } from './api.ts';
import { ApiProblem } from './api-problem.ts';
import { App } from './app.tsx';
import { ProblemNotice } from './notice.tsx';
import './base.css';
import './pages.css';
import './cards.css';
import './rules.css';
import './imports.css';

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      // What the API refuses it refuses again; only a lost connection is worth another try.
      retry: (failures, error) => failures < 2 && (!(error instanceof ApiProblem) || error.status === 0),
    },
  },
});

const root = createRoot(document.getElementById('console') as HTMLElement);

async function start(): Promise<void> {
  const answer = await fetch(new URL('config.json', document.baseURI), { cache: 'no-store' });
  if (!answer.ok) throw new Error((await answer.text()) || `config.json answers ${answer.status}`);
  const { apiUrl } = (await answer.json()) as { apiUrl?: string };
  if (!apiUrl) throw new Error('config.json has no apiUrl');
  root.render(
    <StrictMode>
      <ApiContext value={createApi(apiUrl)}>
        <QueryClientProvider client={queryClient}>
          <App />
        </QueryClientProvider>
      </ApiContext>
    </StrictMode>,
  );
}

start().catch((error: unknown) => {
  root.render(<ProblemNotice title="The console does not know where its API is" error={error} onRetry={reload} />);
});

function reload(): void {
  location.reload();
}
