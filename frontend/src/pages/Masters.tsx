import { useAsk } from "../api";
import { Asking } from "../masters/Asking";
import { Beside } from "../masters/Beside";
import { Check } from "../masters/Check";
import { DecisionsPage } from "../masters/DecisionsPage";
import { GoldenList } from "../masters/GoldenList";
import { GoldenPage } from "../masters/GoldenPage";
import { Judging } from "../masters/Judging";
import { Kinds } from "../masters/Kinds";
import { Links } from "../masters/Links";
import { Matching } from "../masters/Matching";
import type { Desk } from "../masters/model";
import { Queue } from "../masters/Queue";
import { RequestFile } from "../masters/RequestFile";
import { RequestPage } from "../masters/RequestPage";
import { Requests } from "../masters/Requests";
import { Samples } from "../masters/Samples";
import { Subscribers } from "../masters/Subscribers";
import type { Route } from "../shell/route";

/** `masters`, `masters/decisions`, and of a kind: its golden records, one of them, pairs to look at, what it is matched by and how well, who takes it over. */
export default function Masters({ route }: { route: Route }) {
  const [, entity, second, one, other] = route.path;
  const desk = useAsk<Desk>(entity === "decisions" || second === "pairs" ? "/stewardship" : null);
  const kinds = desk.data?.items ?? [];
  if (!entity) return <Kinds />;
  if (entity === "decisions") return <DecisionsPage route={route} kinds={kinds} />;
  if (second === "pairs" && one && other) return <Beside key={`${one} ${other}`} entity={entity} ids={[one, other]} />;
  if (second === "pairs") return <Queue key={entity} entity={entity} route={route} kinds={kinds} />;
  if (second === "check") return <Check key={entity} entity={entity} />;
  if (second === "requests" && one === "new") return <Asking key={entity} entity={entity} route={route} />;
  if (second === "requests" && one === "file") return <RequestFile key={entity} entity={entity} />;
  if (second === "requests" && one && other === "change") return <Asking key={one} entity={entity} route={route} number={one} />;
  if (second === "requests" && one) return <RequestPage key={one} entity={entity} number={one} />;
  if (second === "requests") return <Requests key={entity} entity={entity} route={route} />;
  if (second === "links") return <Links key={entity} entity={entity} route={route} />;
  if (second === "matching") return <Matching key={entity} entity={entity} />;
  if (second === "samples" && one) return <Judging key={one} entity={entity} sample={one} />;
  if (second === "samples") return <Samples key={entity} entity={entity} />;
  if (second === "subscribers") return <Subscribers key={entity} entity={entity} />;
  if (second) return <GoldenPage key={second} entity={entity} id={second} />;
  return <GoldenList key={entity} entity={entity} route={route} />;
}
