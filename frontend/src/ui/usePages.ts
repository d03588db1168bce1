import { useEffect, useState } from "react";
import { useAsk, type Asked, type Paged } from "../api";

/** One page of a list by address; a change of the address begins again at the first. */
export function usePages<T>(path: string): { asked: Asked<Paged<T>>; trail: string[]; setTrail: (t: string[]) => void } {
  const [trail, setTrail] = useState<string[]>([]);
  useEffect(() => setTrail([]), [path]);
  const after = trail.at(-1);
  const asked = useAsk<Paged<T>>(after ? `${path}${path.includes("?") ? "&" : "?"}after=${encodeURIComponent(after)}` : path);
  return { asked, trail, setTrail };
}
