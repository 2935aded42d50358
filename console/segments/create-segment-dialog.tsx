import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { SegmentTemplate } from '../../shared/segment/template.ts';
import { useApi } from '../api/api.ts';
import { ApiProblem } from '../api/problem.ts';
import { keys, useTemplates } from '../api/queries.ts';
import { Dialog } from '../parts/dialog.tsx';
import { ProblemNotice } from '../parts/notice.tsx';

/** Makes a new, inactive segment, empty or with the rules of a template, and opens it. */
export function CreateSegmentDialog({ onClose }: { onClose: () => void }) {
  const api = useApi();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const templates = useTemplates();
  const [template, setTemplate] = useState<SegmentTemplate>();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');

  const create = useMutation({
    mutationFn: () =>
      api.createSegment({ name, description, ...(template && { match: template.match, rules: template.rules }) }),
    onSuccess: (segment) => {
      queryClient.setQueryData(keys.segment(segment.id), segment);
      void queryClient.invalidateQueries({ queryKey: keys.segments });
      void navigate({ to: '/segments/$segmentId/rules', params: { segmentId: segment.id } });
    },
  });

  const choose = (chosen: SegmentTemplate | undefined) => {
    // What one has typed stays; what a template has filled in changes with it.
    if (name === '' || name === template?.name) setName(chosen?.name ?? '');
    if (description === '' || description === template?.description) setDescription(chosen?.description ?? '');
    setTemplate(chosen);
  };

  const isNameTaken = create.error instanceof ApiProblem && create.error.code === 'name_taken';

  return (
    <Dialog title="New segment" onClose={onClose}>
      <form
        className="create-segment"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <fieldset className="templates">
          <legend>Start from</legend>
          <div className="template-list">
            <TemplateChoice
              name="No rules yet"
              description="Build the rules yourself."
              isChosen={!template}
              onChoose={() => choose(undefined)}
            />
            {templates.data?.templates.map((one) => (
              <TemplateChoice
                key={one.name}
                name={one.name}
                description={one.description}
                isChosen={template === one}
                onChoose={() => choose(one)}
              />
            ))}
          </div>
          {templates.isError && <p className="field-problem">The templates could not be read.</p>}
        </fieldset>
        <label className="field">
          Name
          <input
            required
            maxLength={200}
            value={name}
            aria-invalid={isNameTaken}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <label className="field">
          <span>
            Description <span className="muted">(optional)</span>
          </span>
          <textarea
            rows={2}
            maxLength={2_000}
            value={description}
            onChange={(event) => setDescription(event.target.value)}
          />
        </label>
        {create.isError && <ProblemNotice title="The segment was not created" error={create.error} />}
        <div className="dialog-actions">
          <span className="muted">It starts inactive: nobody is in it until you activate it.</span>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="primary" disabled={create.isPending}>
            Create segment
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface TemplateChoiceProps {
  name: string;
  description: string;
  isChosen: boolean;
  onChoose: () => void;
}

function TemplateChoice({ name, description, isChosen, onChoose }: TemplateChoiceProps) {
  return (
    <label className="template">
      <input type="radio" name="template" checked={isChosen} onChange={onChoose} />
      <span>
        <strong>{name}</strong>
        <span className="muted">{description}</span>
      </span>
    </label>
  );
}
