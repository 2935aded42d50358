import { useNavigate } from '@tanstack/react-router';
import type { ListedImport } from '../api/answers.ts';
import { useImports } from '../api/queries.ts';
import { Moment } from '../parts/moment.tsx';
import { More } from '../parts/more.tsx';
import { Empty, Loading, ProblemNotice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { hrefs } from '../parts/route.ts';
import { formatCount } from '../words/format.ts';
import { ImportState } from './import-state.tsx';
import { ImportUpload } from './import-upload.tsx';

/** Imports a file, and lists those of the last 30 days. */
export function ImportsPage() {
  const navigate = useNavigate();
  const imports = useImports();
  const listed = imports.data?.pages.flatMap((page) => page.imports);
  return (
    <Page heading="Imports">
      <div className="card-stack">
        <ImportUpload
          onUploaded={(importId) =>
            void navigate({ to: '/imports/$importId', params: { importId }, ignoreBlocker: true })
          }
        />
        {imports.isError && (
          <ProblemNotice
            title={listed ? 'This list may be old' : 'The imports could not be read'}
            error={imports.error}
            onRetry={() => void imports.refetch()}
          />
        )}
        {imports.isPending && <Loading what="imports" />}
        {listed?.length === 0 && (
          <Empty title="Nothing was imported in the last 30 days">
            <p>Bring leads, accounts and what people did from the files that other tools export.</p>
          </Empty>
        )}
        {listed && listed.length > 0 && (
          <div className="card table-scroll">
            <table>
              <caption className="visually-hidden">Imports, newest first</caption>
              <thead>
                <tr>
                  <th scope="col">File</th>
                  <th scope="col">State</th>
                  <th scope="col" className="number">
                    Rows
                  </th>
                  <th scope="col" className="wide-only">
                    By
                  </th>
                  <th scope="col">When</th>
                </tr>
              </thead>
              <tbody>
                {listed.map((one) => (
                  <ImportRow key={one.importId} job={one} />
                ))}
              </tbody>
            </table>
            <More list={imports} />
          </div>
        )}
      </div>
    </Page>
  );
}

function ImportRow({ job: { importId, fileName, state, progress, author, createdAt } }: { job: ListedImport }) {
  return (
    <tr>
      <th scope="row" className="file-name">
        <a href={hrefs.import(importId)}>{fileName}</a>
      </th>
      <td>
        <ImportState state={state} />
      </td>
      <td className="number figure">{progress ? formatCount(progress.rows) : '–'}</td>
      <td className="muted wide-only">{author}</td>
      <td className="muted">
        <Moment iso={createdAt} />
      </td>
    </tr>
  );
}
