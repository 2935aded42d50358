import type { ListedImport } from './api-answers.ts';
import { formatCount } from './format.ts';
import { ImportState } from './import-state.tsx';
import { ImportUpload } from './import-upload.tsx';
import { Moment } from './moment.tsx';
import { More } from './more.tsx';
import { Empty, Loading, ProblemNotice } from './notice.tsx';
import { PageHeading } from './page-heading.tsx';
import { usePageTitle } from './page-title.ts';
import { useImports } from './queries.ts';
import { goTo, hrefs } from './route.ts';

/** Imports a file, and lists those of the last 30 days. */
export function ImportsPage() {
  usePageTitle('Imports');
  const imports = useImports();
  const listed = imports.data?.pages.flatMap((page) => page.imports);
  return (
    <>
      <div className="page-head">
        <PageHeading>Imports</PageHeading>
      </div>
      <div className="card-stack">
        <ImportUpload onUploaded={(importId) => goTo(hrefs.import(importId))} />
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
    </>
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
