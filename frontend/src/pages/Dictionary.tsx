import { EntryPage } from "../dictionary/EntryPage";
import { Find } from "../dictionary/Find";
import type { Route } from "../shell/route";

/** The dictionary: found in by words, by kind, by domain; a page for each entry. */
export default function Dictionary({ route }: { route: Route }) {
  const subject = route.path[1];
  return subject ? <EntryPage key={subject} subject={subject} route={route} /> : <Find route={route} />;
}
