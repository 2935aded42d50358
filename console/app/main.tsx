import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import { MantineProvider } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiContext, createApi } from '../api/api.ts';
import { ApiProblem } from '../api/problem.ts';
import { ProblemNotice } from '../parts/notice.tsx';
import { router } from './router.tsx';
import { textColors, theme } from './theme.ts';
import './base.css';

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
  render(
    <ApiContext value={createApi(apiUrl)}>
      <QueryClientProvider client={queryClient}>
        <ModalsProvider labels={{ confirm: 'Confirm', cancel: 'Cancel' }}>
          <Toasts />
          <RouterProvider router={router} />
        </ModalsProvider>
      </QueryClientProvider>
    </ApiContext>,
  );
}

/** On a phone at the top: at the bottom are the buttons that save. */
function Toasts() {
  const isNarrow = useMediaQuery('(max-width: 62em)', false, { getInitialValueInEffect: false });
  return <Notifications position={isNarrow ? 'top-center' : 'bottom-right'} autoClose={8_000} />;
}

function render(content: ReactNode): void {
  root.render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={textColors} defaultColorScheme="auto">
        {content}
      </MantineProvider>
    </StrictMode>,
  );
}

start().catch((error: unknown) => {
  const retry = () => location.reload();
  render(<ProblemNotice title="The console does not know where its API is" error={error} onRetry={retry} />);
});
