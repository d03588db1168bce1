// What the server says of an act before it is done, asked anew as somebody types.
import { useEffect, useRef, useState } from "react";
import { asProblem, send, type Problem, type Row } from "../api";
import type { Preview } from "./case";

const PAUSE = 300; // milliseconds without a keystroke before the server is asked again

/** What would be signed with these values, and what objects; `checking` until the answer is about what is typed now. */
export function usePreview(path: string, tag: string, values: Row) {
  const [state, setState] = useState<{ of: string; seen?: Preview; problem?: Problem }>({ of: "" });
  const [turn, setTurn] = useState(0);
  const wanted = `${turn} ${JSON.stringify(values)}`;
  const begun = useRef("");
  useEffect(() => {
    let dropped = false;
    const ask = () => send<Preview>("POST", `${path}/preview`, { values: JSON.parse(wanted.slice(wanted.indexOf(" "))) as Row }, { "If-Match": tag }).then(
      (seen) => { if (!dropped) setState({ of: wanted, seen }); },
      (error: unknown) => { if (!dropped) setState((s) => ({ ...s, of: wanted, problem: asProblem(error) })); },
    );
    const typed = begun.current !== "" && begun.current !== JSON.stringify(values);
    const timer = setTimeout(() => void ask(), typed ? PAUSE : 0);
    begun.current = JSON.stringify(values);
    return () => { dropped = true; clearTimeout(timer); };
  }, [path, tag, wanted]);
  return { seen: state.seen, problem: state.problem, checking: state.of !== wanted, again: () => setTurn((n) => n + 1) };
}
