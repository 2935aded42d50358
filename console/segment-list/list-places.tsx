import { Link } from '@tanstack/react-router';
import classes from './segment-list.module.css';

/** What Configure > Segments has: the segments, and the templates to make some of. */
export function ListPlaces() {
  return (
    <nav aria-label="Segments and templates" className={classes.places}>
      <Link to="/segments" activeOptions={{ exact: true, includeSearch: false }} className={classes.place}>
        Lead Segments
      </Link>
      <Link to="/segments/templates" className={classes.place}>
        Templates
      </Link>
    </nav>
  );
}
