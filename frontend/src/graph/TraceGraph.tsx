import { Background, Controls, Handle, Position, ReactFlow, type Edge, type Node, type NodeProps } from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { useMemo, useState } from "react";
import { useSpeech, type Key } from "../i18n";
import type { GraphEdge, GraphNode } from "./drawn";

const COLOURS: Record<string, string> = {
  supplier_lot: "#8a5a00", lot: "#0a5c80", unit: "#1c6b3c", carton: "#5b4a9c", shipment: "#7a3b69", customer: "#b3261e", return: "#56616b",
};
type Shown = Node<{ of: GraphNode; start: boolean }, "place">;

/** The traced set as the server laid it out: it is drawn, never computed here. */
export default function TraceGraph({ nodes, edges, lot }: { nodes: GraphNode[]; edges: GraphEdge[]; lot: string }) {
  const { t } = useSpeech();
  const [chosen, setChosen] = useState<GraphNode>();
  const shown = useMemo<Shown[]>(() => nodes.map((n) => ({
    id: n.id, type: "place", position: { x: n.x, y: n.y }, data: { of: n, start: n.detail.endsWith(lot) }, draggable: false, connectable: false,
    ariaLabel: `${n.label} ${n.detail}`,
  })), [nodes, lot]);
  const lines = useMemo<Edge[]>(() => edges.map((e) => ({
    id: `${e.from}>${e.to}>${e.activity}`, source: e.from, target: e.to, focusable: false, style: { stroke: "#7d8b96", strokeWidth: Math.min(4, 1 + Math.log10(Math.max(1, e.count))) },
  })), [edges]);
  // The first columns large enough to read; the rest is a drag or a zoom away.
  const view = useMemo(() => {
    const start = shown.find((n) => n.data.start) ?? shown[0];
    const near = start ? shown.filter((n) => Math.abs(n.position.x - start.position.x) < 700 && Math.abs(n.position.y - start.position.y) < 320) : [];
    return { nodes: near.map((n) => ({ id: n.id })), maxZoom: 0.9, padding: 0.05 };
  }, [shown]);
  const beside = chosen ? edges.filter((e) => e.from === chosen.id || e.to === chosen.id) : [];
  const names = useMemo(() => new Map(nodes.map((n) => [n.id, n.label])), [nodes]);
  return (
    <>
      <div className="graph" role="group" aria-label={t("trace.graph")}>
        <ReactFlow nodes={shown} edges={lines} nodeTypes={TYPES} fitView fitViewOptions={view} minZoom={0.1} nodesConnectable={false} nodesDraggable={false}
          onNodeClick={(_, n) => setChosen(n.data.of)} onSelectionChange={({ nodes: picked }) => { if (picked[0]) setChosen((picked[0] as Shown).data.of); }}
          attributionPosition="top-right" proOptions={{ hideAttribution: true }}>
          <Background gap={24} color="#e3e8ec" />
          <Controls showInteractive={false} />
        </ReactFlow>
      </div>
      <div aria-live="polite" style={{ minHeight: 48, marginTop: 8 }}>
        {chosen && (
          <>
            <strong>{t(`node.${chosen.kind}` as Key)} {chosen.label}</strong> <span className="quiet">{chosen.detail}</span>
            <ul>{beside.slice(0, 12).map((e) => (
              <li key={e.from + e.to + e.activity}>{t(`activity.${e.activity}` as Key)}: {names.get(e.from)} → {names.get(e.to)}{e.quantity ? ` · ${e.quantity}` : ""}{e.count > 1 ? ` · ×${e.count}` : ""}</li>
            ))}</ul>
          </>
        )}
      </div>
    </>
  );
}

function Place({ data }: NodeProps<Shown>) {
  const { t } = useSpeech();
  const { of, start } = data;
  return (
    <div className={start ? "node start" : "node"} style={{ borderLeftColor: COLOURS[of.kind] ?? "#56616b" }}>
      <Handle type="target" position={Position.Left} isConnectable={false} style={{ opacity: 0 }} />
      <div className="kind">{t(`node.${of.kind}` as Key)}</div>
      <div className="label" title={of.detail || of.label}>{of.folded ? t("trace.folded", { n: of.folded }) : of.label}</div>
      <Handle type="source" position={Position.Right} isConnectable={false} style={{ opacity: 0 }} />
    </div>
  );
}

const TYPES = { place: Place };
