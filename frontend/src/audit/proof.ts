// A proof walked in the reader's own browser: record → leaf → root → signature (RFC 9162, 2.1.3.2; C2SP signed-note).

export type Proof = {
  algorithm: string; index: number; size: number; leaf: string; path: string[]; checkpoint: string; record: string | null;
};
/** `signed` is null where this browser cannot check Ed25519; all of it is null where it has no cryptography (plain HTTP). */
export type Walked = { proven: boolean; signed: boolean | null } | null;

const bytes = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
const text = (value: string): Uint8Array<ArrayBuffer> => new Uint8Array(new TextEncoder().encode(value));
const same = (one: Uint8Array, other: Uint8Array): boolean => one.length === other.length && one.every((b, n) => b === other[n]);
const hex = (raw: Uint8Array): string => [...raw].map((b) => b.toString(16).padStart(2, "0")).join("");

async function hash(mark: number, ...parts: Uint8Array[]): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array([mark, ...parts.flatMap((p) => [...p])])));
}

async function rootBy(proof: Proof): Promise<Uint8Array | null> {
  let [here, last, found] = [proof.index, proof.size - 1, bytes(proof.leaf) as Uint8Array];
  const half = () => { here = Math.floor(here / 2); last = Math.floor(last / 2); };
  for (const sibling of proof.path.map(bytes)) {
    if (last === 0) return null;
    if (here % 2 === 1 || here === last) {
      found = await hash(1, sibling, found);
      while (here > 0 && here % 2 === 0) half();
    } else {
      found = await hash(1, found, sibling);
    }
    half();
  }
  return last === 0 ? found : null;
}

async function isSigned(note: string, keys: string[]): Promise<boolean | null> {
  const cut = note.lastIndexOf("\n\n");
  for (const line of note.slice(cut + 2).split("\n").filter(Boolean)) {
    const [, name = "", value = ""] = line.split(" ");
    const raw = bytes(value);
    for (const key of keys) {
      const parts = key.split("+");
      const [kname, id, typed] = [parts[0], parts[1], parts.slice(2).join("+")];
      if (kname !== name || id !== hex(raw.slice(0, 4))) continue;
      try {
        const imported = await crypto.subtle.importKey("raw", bytes(typed).slice(1), { name: "Ed25519" }, false, ["verify"]);
        return await crypto.subtle.verify({ name: "Ed25519" }, imported, raw.slice(4), text(note.slice(0, cut + 1)));
      } catch {
        return null;
      }
    }
  }
  return false;
}

/** Walk a proof; the keys are the installation's verifier keys. */
export async function walk(proof: Proof, keys: string[]): Promise<Walked> {
  if (!globalThis.crypto?.subtle) return null;
  const [, size, root] = proof.checkpoint.split("\n");
  const leaf = proof.record === null || same(await hash(0, text(proof.record)), bytes(proof.leaf));
  const found = await rootBy(proof);
  const proven = leaf && proof.algorithm === "sha256" && size === String(proof.size) && found !== null && same(found, bytes(root ?? ""));
  return { proven, signed: await isSigned(proof.checkpoint, keys) };
}
