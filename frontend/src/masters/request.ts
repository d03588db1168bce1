// What the server says of requests for masters, and of what is like them.
import type { Label } from "../api";
import type { Tone } from "../ui";
import type { Weighed } from "./model";

export type AlikeGolden = { golden_id: string; name: string; codes: string; records: number; sources: string[]; score: number; sure: boolean; exact: boolean; parts: Weighed[] };
export type AlikeRequest = { request: number; status: "submitted" | "approved"; code: string | null; score: number; exact: boolean; parts: Weighed[] };
export type AlikeFound = { golden: AlikeGolden[]; unseen: number; beside: AlikeRequest[]; rows: number[] };
export type RequestForm = { label: Label; owner: string; code: string; asks: boolean; decides: boolean };
export type RequestStatus = "draft" | "submitted" | "approved" | "taken_over" | "refused" | "withdrawn" | "existing";
export type Answer = { golden_id: string | null; request: number | null; same: boolean; reason: string; name?: string | null };
export type MasterRequest = {
  id: number; entity: string; reason: string; revision: number; status: RequestStatus; mine: boolean; values: Record<string, string | null>; name: string | null;
  asked_by: string; asker_name: string | null; at: string; submitted_at: string | null; decided_by: string | null; decider_name: string | null; decided_at: string | null; decision: string | null;
  code: string | null; golden_id: string | null; golden_name: string | null; same_as: number | null; answers: Answer[]; alike?: AlikeFound | null;
};

export const TONE_OF: Record<RequestStatus, Tone> = { draft: "plain", submitted: "busy", approved: "good", taken_over: "good", refused: "bad", withdrawn: "plain", existing: "plain" };
export const REQUEST_STATUSES = ["draft", "submitted", "approved", "existing", "refused", "withdrawn"] as const;
