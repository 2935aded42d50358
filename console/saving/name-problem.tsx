import { useQuery } from '@tanstack/react-query';
import { useApi } from '../api/api.ts';
import { ApiProblem } from '../api/problem.ts';
import { TextLink } from '../parts/link.tsx';
import { ProblemNotice } from '../parts/notice.tsx';

interface NameProblemProps {
  readonly title: string;
  readonly error: unknown;
  /** The name that was refused. */
  readonly name: string;
}

/** Why a segment was not saved; where its name is taken, with a link to the segment that has it. */
export function NameProblem({ title, error, name }: NameProblemProps) {
  const api = useApi();
  const isTaken = error instanceof ApiProblem && error.code === 'name_taken';
  const { data } = useQuery({
    queryKey: ['segment-of-name', name],
    queryFn: ({ signal }) => api.call('GET /segments', { query: { name, limit: 1 }, signal }),
    enabled: isTaken,
  });
  const holder = isTaken ? data?.segments[0] : undefined;
  if (!isTaken) return <ProblemNotice title={title} error={error} />;
  return (
    <ProblemNotice title={title} error="Another segment has this name.">
      {holder && (
        <TextLink to="/segments/$segmentId/rules" params={{ segmentId: holder.id }}>
          Open “{holder.name}”
        </TextLink>
      )}
    </ProblemNotice>
  );
}
