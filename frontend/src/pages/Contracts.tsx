import { ContractPage } from "../contracts/ContractPage";
import { List } from "../contracts/List";
import { OtherPage } from "../contracts/Others";
import type { Route } from "../shell/route";

/** Data contracts: what is promised of every table, in which version; what others expect and promise. */
export default function Contracts({ route }: { route: Route }) {
  const [, first, second] = route.path;
  if (first === "others" && second) return <OtherPage key={second} name={second} />;
  return first ? <ContractPage key={first} subject={first} route={route} /> : <List route={route} />;
}
