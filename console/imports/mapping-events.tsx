import type { EventMapping, ImportMapping } from '../../shared/import/mapping.ts';
import { ProblemsAt, useProblemState } from '../rules/rule-problems.tsx';
import { eventsOf, withEvents } from './import-mapping.ts';

interface MappingEventsProps {
  mapping: ImportMapping;
  names: readonly string[];
  onChange: (mapping: ImportMapping) => void;
}

/** The events that rows tell of: what they are called, and which columns are their details. */
export function MappingEvents({ mapping, names, onChange }: MappingEventsProps) {
  const events = eventsOf(mapping);
  return (
    <div className="mapping-part">
      <h3>Events</h3>
      {events.map((event, index) => (
        <EventFields
          key={event.momentColumn}
          event={event}
          pointer={`/events/${index}`}
          names={names}
          onChange={(next) => onChange(withEvents(mapping, events.with(index, next)))}
        />
      ))}
    </div>
  );
}

interface EventFieldsProps {
  event: EventMapping;
  pointer: string;
  names: readonly string[];
  onChange: (event: EventMapping) => void;
}

function EventFields({ event, pointer, names, onChange }: EventFieldsProps) {
  const { eventType, momentColumn, fields } = event;
  const isInvalid = useProblemState(`${pointer}/eventType`) !== undefined;
  const isFixed = typeof eventType === 'string';
  const others = names.filter((name) => name !== momentColumn);
  return (
    <fieldset className="event-fields">
      <legend>{`An event of each row with “${momentColumn}”`}</legend>
      <p className="event-type">
        It is called
        <select
          aria-label={`Where the name of the event at ${momentColumn} is`}
          value={isFixed ? 'fixed' : 'column'}
          onChange={({ target }) =>
            onChange({ ...event, eventType: target.value === 'fixed' ? '' : { column: others[0] ?? '' } })
          }
        >
          <option value="fixed">the same in all rows:</option>
          <option value="column">as in the column</option>
        </select>
        {isFixed ? (
          <input
            aria-label={`Name of the event at ${momentColumn}`}
            aria-invalid={isInvalid}
            placeholder="Such as Webinar Attended"
            value={eventType}
            onChange={({ target }) => onChange({ ...event, eventType: target.value })}
          />
        ) : (
          <select
            aria-label={`Column with the name of the event at ${momentColumn}`}
            value={eventType.column}
            onChange={({ target }) => onChange({ ...event, eventType: { column: target.value } })}
          >
            {others.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}
      </p>
      <ProblemsAt pointer={pointer} />
      <details>
        <summary>{`Details: ${Object.keys(fields).join(', ') || 'none'}`}</summary>
        <div className="detail-columns">
          {others.map((name) => {
            const field = Object.keys(fields).find((one) => fields[one] === name);
            return (
              <label key={name} className="check">
                <input
                  type="checkbox"
                  checked={field !== undefined}
                  onChange={() => onChange({ ...event, fields: toggled(fields, name) })}
                />
                {field === undefined || field === name ? name : `${name} as ${field}`}
              </label>
            );
          })}
        </div>
      </details>
    </fieldset>
  );
}

/** The fields with a column under its own name, or without it. */
function toggled(fields: EventMapping['fields'], column: string): EventMapping['fields'] {
  const others = Object.entries(fields).filter(([, source]) => source !== column);
  const isThere = others.length < Object.keys(fields).length;
  return Object.fromEntries(isThere ? others : [...others.filter(([field]) => field !== column), [column, column]]);
}
