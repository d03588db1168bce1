// A drawing as the server laid it out.
export type GraphNode = { id: string; kind: string; label: string; detail: string; x: number; y: number; folded: number };
export type GraphEdge = { from: string; to: string; quantity: number; activity: string; count: number };
