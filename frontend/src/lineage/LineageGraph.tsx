import { Background, Controls, Handle, Position, ReactFlow, type Edge, type Node, type NodeProps } from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { useMemo } from "react";
import { useSpeech } from "../i18n";
import { go, link } from "../shell/route";
import { boxes, canWalk, type Box, type Walked } from "./lineage";

type Shown = Node<{ of: Box; start: string }, "table">;

/** Tables with the columns that are met; a line is solid where a value goes over, broken where a column only decides, dotted where tables alone are told. */
export default function LineageGraph({ of }: { of: Walked }) {
  const { t } = useSpeech();
  const start = `${of.field.table}.${of.field.column}`;
  const nodes = useMemo<Shown[]>(() => boxes(of).map((b) => ({
    id: b.table, type: "table", position: { x: b.x, y: b.y }, data: { of: b, start }, draggable: false, connectable: false, focusable: false,
  })), [of, start]);
  const lines = useMemo<Edge[]>(() => [...new Map(of.steps.map((s): [string, Edge] => {
    const id = `${s.from.table}.${s.from.column}>${s.to.table}.${s.to.column}>${s.kind}`;
    const isValue = s.kind === "DIRECT";
    const dashes = { DIRECT: undefined, INDIRECT: "4 4", TABLE: "1 5" }[s.kind];
    return [id, {
      id, source: s.from.table, sourceHandle: `o:${s.from.column}`, target: s.to.table, targetHandle: `i:${s.to.column}`, focusable: false,
      style: { stroke: isValue ? "#0a5c80" : "#8b97a1", strokeWidth: isValue ? 1.8 : 1, strokeDasharray: dashes },
    }];
  })).values()], [of]);
  return (
    <div className="graph" role="group" aria-label={t("lineage.graph")}>
      <ReactFlow nodes={nodes} edges={lines} nodeTypes={TYPES} fitView fitViewOptions={{ maxZoom: 1, minZoom: 0.45, padding: 0.06, nodes: nodes.filter((n) => Math.abs(n.position.x) < 700).slice(0, 14) }}
        minZoom={0.1} nodesConnectable={false} nodesDraggable={false} proOptions={{ hideAttribution: true }}>
        <Background gap={24} color="#e3e8ec" />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}

function TableBox({ data }: NodeProps<Shown>) {
  const { word } = useSpeech();
  const { of, start } = data;
  return (
    <div className="lineage-box">
      <div className="kind" title={of.called ? `${of.table} · ${word(of.called)}` : of.table}>{of.called && /:/.test(of.table) ? `${of.table.split(":")[0]}: ${word(of.called)}` : of.table}<Handles column="" /></div>
      {of.columns.map((c) => {
        const name = `${of.table}.${c}`;
        return (
          <div key={c} className={name === start ? "column start" : "column"} title={name}>
            <Handles column={c} />
            {canWalk(of) ? <button type="button" tabIndex={-1} onClick={() => go(`${link("lineage")}?field=${encodeURIComponent(name)}`)}>{c}</button> : c}
          </div>
        );
      })}
    </div>
  );
}

const Handles = ({ column }: { column: string }) => (
  <>
    <Handle type="target" id={`i:${column}`} position={Position.Left} isConnectable={false} style={{ opacity: 0 }} />
    <Handle type="source" id={`o:${column}`} position={Position.Right} isConnectable={false} style={{ opacity: 0 }} />
  </>
);

const TYPES = { table: TableBox };
