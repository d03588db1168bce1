"""医脉审计包离线核验 · Offline check of a Medthread audit bundle.

    python3 verify.py BUNDLE [--key KEY] [--checkpoint FILE]... [--record SEQ]

只用 Python 3.8+ 标准库,不联网,不导入医脉 · Python 3.8+ and its standard library alone: no network, nothing of Medthread.

BUNDLE      a folder or zip made by `medthread audit export`.
--key       the installation's verifier key as it was published, each of them where it was renewed. Without it the key inside the bundle is believed, and
            a bundle forged as a whole with a key of the forger's own would pass: compare the key that is printed.
--checkpoint  a checkpoint kept elsewhere (mail, paper, another company): the log must lead to its root too.
--record    prove that the record with this seq is in the log, and print the proof (RFC 9162, 2.1.3).

It computes everything again: leaf hashes from the records, roots from the leaves (RFC 9162), the signature of every
checkpoint (C2SP signed-note, Ed25519 of RFC 8032), the content hash and the signature of every electronic signature,
and whether the log tells of each of them. Exit code 0: whole. 3: something was changed, removed, added or reordered.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
import zipfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, Iterator

# ruff: noqa: UP035, PTH123 - it must run where Python is old

MANIFEST, RECORDS, CHECKPOINTS, SIGNATURES, KEYS = "MANIFEST", "records.ndjson", "checkpoints.ndjson", "signatures.ndjson", "keys.ndjson"
ELSEWHERE = "elsewhere.ndjson"  # checkpoints that the installation kept outside its database; a bundle of before has none
WITHHELD, GONE = b"sha256:", b"gone sha256:"  # the leaf hash of a record that is withheld, or that was found removed
SUBJECT, CONTAINER = "medthread audit bundle", "medthread audit bundle as zip"
DASH, KEY_ID, TYPED, HASH_LINE, TIME_LINE = "— ", 4, b"\x01", "hash sha256", "time "
MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"  # UTC; texts of this form are in order when the moments are
SKEW, LONGEST = timedelta(minutes=5), timedelta(hours=1)  # between two clocks; that a record may wait to be sealed
SAID = ("id", "signer", "printed_name", "on_behalf_of", "signed_at", "zone", "meaning", "reason", "entity", "record",
        "revision", "action", "content_hash", "factors")
WRONG = (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError)

# Ed25519 (RFC 8032, 5.1): points are (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)


def add(p: Any, q: Any) -> Any:
    """The sum of two points."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_of(raw: bytes) -> Any:
    """A point from its 32 bytes; ValueError where there is none."""
    y, sign = int.from_bytes(raw, "little") & (1 << 255) - 1, raw[31] >> 7
    if y >= P:
        raise ValueError("not a point")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * ROOT_OF_MINUS_ONE % P
    if x * x % P != square or (x == 0 and sign):
        raise ValueError("not a point")
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def bytes_of(point: Any) -> bytes:
    """A point as its 32 bytes."""
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return int(y | (x & 1) << 255).to_bytes(32, "little")


def multiples(point: Any) -> list[list[Any]]:
    """For each of 64 hexadecimal digits the multiples of the point by 0 to 15 at that place."""
    table = []
    for _ in range(64):
        row = [NEUTRAL]
        for _ in range(15):
            row.append(add(row[-1], point))
        table.append(row)
        point = add(row[-1], point)
    return table


def times(table: list[list[Any]], number: int) -> Any:
    """A point, by its multiples, times a number."""
    found = NEUTRAL
    for row in table:
        found = add(found, row[number & 15])
        number >>= 4
    return found


@lru_cache(maxsize=512)
def multiples_of_negative(public: bytes) -> list[list[Any]]:
    """The multiples of the negative of a public key."""
    x, y, z, t = point_of(public)
    return multiples((P - x, y, z, P - t))


@lru_cache(maxsize=1)
def multiples_of_base() -> list[list[Any]]:
    """The multiples of the base point."""
    return multiples(point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")))


def ed25519_stands(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether a signature is the key's on the message."""
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or len(public) != 32 or s >= ORDER:  # noqa: PLR2004 - bytes, RFC 8032
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    try:
        found = add(times(multiples_of_base(), s), times(multiples_of_negative(public), k))
    except ValueError:
        return False
    return bytes_of(found) == signature[:32]


def decode(text: str) -> bytes:
    """Base64, accepted in the one way it is written."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("base64 written in another way")
    return raw


@dataclass
class Key:
    """A key that signs notes."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """Its four bytes in a note."""
        return hashlib.sha256(self.name.encode() + b"\n" + TYPED + self.public).digest()[:KEY_ID]

    @property
    def text(self) -> str:
        """As it is published."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(TYPED + self.public).decode()}"


def key_of(text: str) -> Key:
    """A published verifier key."""
    name, _, typed = text.strip().split("+", 2)
    key = Key(name, decode(typed)[1:])
    if key.text != text.strip():
        raise ValueError("not a verifier key")
    return key


def opened(note: str, keys: list[Key]) -> tuple[str, Key]:
    """The text of a signed note and the key; ValueError unless one of the keys signed it and all its lines are well formed."""
    text, _, lines = note.rpartition("\n\n")
    found = None
    for line in lines[:-1].split("\n"):
        dash, name, value = line[:2], *line[2:].split(" ")
        raw = decode(value)
        if dash != DASH or lines[-1:] != "\n":
            raise ValueError("not a signature line")
        for key in keys:
            if (key.name, key.id) == (name, raw[:KEY_ID]):
                if not ed25519_stands(key.public, raw[KEY_ID:], (text + "\n").encode()):
                    raise ValueError("the signature does not stand")
                found = key
    if found is None:
        raise ValueError("no signature of a known key")
    return text + "\n", found


@dataclass
class Checkpoint:
    """A signed checkpoint, and the key that signed it; `earliest` and `latest` bound the times of what it adds to the one before."""

    origin: str
    size: int
    root: bytes
    key: Key
    earliest: str = "0"
    latest: str = "~"


def checkpoint_of(note: str, keys: list[Key]) -> Checkpoint:
    """A checkpoint read; ValueError unless one of the keys signed it."""
    text, key = opened(note, keys)
    origin, size, root, algorithm, *more, end = text.split("\n")
    if algorithm != HASH_LINE or end or str(int(size)) != size or len(more) > 1 or not "".join(more).startswith(TIME_LINE if more else ""):
        raise ValueError("not a checkpoint")
    found = Checkpoint(origin, int(size), decode(root), key)
    at, *after = more[0][len(TIME_LINE):].split(" ") if more else ("",)
    if at:
        found.latest = moved(at, SKEW)
    for moment in after:
        found.earliest = moved(moment, -LONGEST)
    return found


def moved(moment: str, by: timedelta) -> str:
    """A moment some time later."""
    return (datetime.strptime(moment, MOMENT) + by).strftime(MOMENT)  # noqa: DTZ007 - UTC by its Z


def leaf_hash(record: bytes) -> bytes:
    """RFC 9162, 2.1.1."""
    return hashlib.sha256(b"\0" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 9162, 2.1.1."""
    return hashlib.sha256(b"\1" + left + right).digest()


@dataclass
class Tree:
    """A tree that grows: the roots of its complete subtrees, largest first."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def grow(self, leaf: bytes) -> None:
        """One leaf more."""
        self.size += 1
        number = self.size
        while not number & 1:
            leaf, number = node_hash(self.peaks.pop(), leaf), number >> 1
        self.peaks.append(leaf)

    @property
    def root(self) -> bytes:
        """The root hash."""
        if not self.peaks:
            return hashlib.sha256(b"").digest()
        found = self.peaks[-1]
        for peak in self.peaks[-2::-1]:
            found = node_hash(peak, found)
        return found


def root_of(leaves: list[bytes]) -> bytes:
    """The root over leaves."""
    tree = Tree()
    for leaf in leaves:
        tree.grow(leaf)
    return tree.root


def path_of(index: int, leaves: list[bytes]) -> list[bytes]:
    """The inclusion proof of a leaf."""
    if len(leaves) == 1:
        return []
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if index < k:
        return [*path_of(index, leaves[:k]), root_of(leaves[k:])]
    return [*path_of(index - k, leaves[k:]), root_of(leaves[:k])]


def canonical(value: Any) -> bytes:
    """The one text of a value."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


@dataclass
class Bundle:
    """The files of a bundle, in a folder or a zip."""

    path: Path

    def names(self) -> list[str]:
        """All of them."""
        if self.path.is_dir():
            # A folder, and what leads out of the bundle, are in no bundle: both are named, so that they are found.
            return [p.relative_to(self.path).as_posix() + ("/" if p.is_symlink() or p.is_dir() else "") for p in self.path.rglob("*")]
        with zipfile.ZipFile(self.path) as file:
            return file.namelist()

    def open(self, name: str) -> IO[bytes]:
        """One of them."""
        return open(self.path / name, "rb") if self.path.is_dir() else zipfile.ZipFile(self.path).open(name)

    def lines(self, name: str) -> Iterator[bytes]:
        """One of them line by line, without line ends."""
        with self.open(name) as file:
            for line in file:
                yield line[:-1] if line.endswith(b"\n") else line

    def container(self) -> tuple[str, str]:
        """Of a zip: the note in its comment, and the SHA-256 of all bytes before it."""
        with zipfile.ZipFile(self.path) as file:
            comment = file.comment
        with open(self.path, "rb") as raw:
            return comment.decode(), digest_of(raw, self.path.stat().st_size - len(comment))


def digest_of(file: IO[bytes], length: int = 1 << 62) -> str:
    """SHA-256 of a file, or of its beginning."""
    digest = hashlib.sha256()
    while part := file.read(min(length, 1 << 20)):
        digest.update(part)
        length -= len(part)
    return digest.hexdigest()


@dataclass
class Told:
    """What the records tell of signatures and keys, and of the records themselves."""

    signatures: dict[str, Any] = field(default_factory=dict)
    signing_keys: dict[str, Any] = field(default_factory=dict)
    log_keys: list[str] = field(default_factory=list)
    shown: int = 0
    withheld: int = 0

    def hear(self, record: dict[str, Any]) -> None:
        """One record."""
        if record["action"] == "signature.create":
            self.signatures[record["detail"]["signature"]] = record["detail"]
        elif record["action"] == "signing_key.create":
            self.signing_keys[record["object"].split("/", 1)[1]] = (record["after"]["public"], record["actor"])
        elif record["action"] == "audit_key.create":
            self.log_keys.append(record["after"]["key"])


class Check:
    """One check of one bundle. `faults` are (what, where)."""

    def __init__(self, bundle: Path, *, keys: list[str] | None = None, checkpoints: list[str] | None = None, record: int | None = None) -> None:
        self.bundle, self.record = Bundle(bundle), record
        self.pinned, self.elsewhere = [key_of(k) for k in keys or []], checkpoints or []
        self.faults: list[tuple[str, str]] = []
        self.told, self.tree = Told(), Tree()
        self.roots: dict[int, bytes] = {}
        self.checkpoints: list[Checkpoint] = []
        self.next = 0
        self.leaves: list[bytes] = []
        self.keys: list[Key] = []
        self.people: dict[str, dict[str, Any]] = {}
        self.origin, self.expected, self.signed = "", -1, 0
        self.made, self.last = "", ""
        self.wanted: tuple[int, bytes] | None = None

    def fault(self, what: str, where: object) -> None:
        """One more."""
        self.faults.append((what, str(where)))

    def run(self) -> Check:
        """Everything, in order; a file that cannot be read is a fault, and the rest goes on."""
        parts = (self.read_keys, self.read_container, self.read_manifest, self.read_checkpoints, self.read_records, self.read_signatures)
        for part in parts:
            try:
                part()
            except Exception as error:  # noqa: BLE001 - a bent file can bring about anything, and each is a fault
                self.fault("unreadable", f"{part.__name__[5:]}: {error!r}")
        if self.record is not None and self.wanted is None:
            self.fault("record not in the bundle", self.record)
        return self

    def read_keys(self) -> None:
        """Keys of the log and of people."""
        for line in self.bundle.lines(KEYS):
            said = json.loads(line)
            if said["kind"] == "log":
                self.keys.append(key_of(said["key"]))
            else:
                self.people[said["id"]] = said
        if self.pinned:
            known = {k.text for k in self.pinned}
            for key in self.keys:
                if key.text not in known:
                    self.fault("key in the bundle is not the published one", key.text)
            self.keys = self.pinned

    def read_container(self) -> None:
        """Of a zip: every byte is as it was written."""
        if not self.bundle.path.is_dir():
            note, digest = self.bundle.container()
            if opened(note, self.keys)[0] != f"{CONTAINER}\nsha256 {digest}\n":
                self.fault("bytes of the archive changed", self.bundle.path.name)

    def read_manifest(self) -> None:
        """Every file is there, none is added, each has the content that was signed."""
        first, origin, size, self.made, *files, end = opened(b"\n".join([*self.bundle.lines(MANIFEST), b""]).decode(), self.keys)[0].split("\n")
        if first != SUBJECT or end or not origin.startswith("origin ") or not size.startswith("size ") or not self.made.startswith("made "):
            raise ValueError("not a manifest")
        self.origin = origin.split(" ", 1)[1]
        named = {f.split(" ", 2)[2]: f.split(" ", 2)[1] for f in files}
        for name in sorted({*named, *self.bundle.names()} - {MANIFEST}):
            if name not in named:
                self.fault("file that nobody signed", name)
            elif name not in self.bundle.names():
                self.fault("file missing", name)
            else:
                with self.bundle.open(name) as file:
                    if digest_of(file) != named[name]:
                        self.fault("file changed", name)
        self.expected = int(size.split(" ", 1)[1])

    def read_checkpoints(self) -> None:
        """Every signature stands, sizes grow; with those that were kept elsewhere."""
        last = 0
        for n, line in enumerate(self.bundle.lines(CHECKPOINTS), 1):
            try:
                said = json.loads(line)
                found = checkpoint_of(said["note"], self.keys)
                if found.size <= last or said["size"] != found.size or found.origin != (self.origin or found.origin):
                    raise ValueError("out of order")
                self.roots[found.size], last = found.root, found.size
                self.checkpoints.append(found)
            except WRONG as error:
                self.fault("checkpoint forged", f"line {n}: {error}")
        for name in self.elsewhere:
            self.compare(Path(name).read_text(encoding="utf-8"), name)
        for line in self.bundle.lines(ELSEWHERE) if ELSEWHERE in self.bundle.names() else ():
            said = json.loads(line)
            self.compare(said["note"], f"{said['place']} outside the database")

    def compare(self, note: str, where: str) -> None:
        """A checkpoint kept elsewhere: the log must lead to its root too."""
        try:
            found = checkpoint_of(note, self.keys)
        except WRONG as error:
            self.fault("checkpoint kept elsewhere is not one of these keys", f"{where}: {error}")
            return
        if found.origin != (self.origin or found.origin) or self.roots.setdefault(found.size, found.root) != found.root:
            self.fault("checkpoint kept elsewhere differs", where)

    def read_records(self) -> None:
        """Leaves from records, roots from leaves, each root against the signed one: so each log begins with the last one."""
        for line in self.bundle.lines(RECORDS):
            leaf = self.leaf_of(line)
            self.tree.grow(leaf)
            if self.record is not None:
                self.leaves.append(leaf)
            if self.tree.size in self.roots and self.roots[self.tree.size] != self.tree.root:
                self.fault("records do not lead to the signed root", f"checkpoint {self.tree.size}")
            if self.next < len(self.checkpoints) and self.checkpoints[self.next].size == self.tree.size:
                if self.checkpoints[self.next].key.text in self.told.log_keys[:-1]:
                    self.fault("checkpoint signed by a key that was replaced", f"checkpoint {self.tree.size}")
                self.next += 1
        for size in sorted(s for s in self.roots if s > self.tree.size):
            self.fault("records end before a checkpoint", f"{self.tree.size} < {size}")
        if not self.tree.size == self.expected == max(self.roots, default=0):
            self.fault("number of records", f"{self.tree.size}, manifest {self.expected}, last checkpoint {max(self.roots, default=0)}")
        for key in self.keys if not self.told.withheld else ():
            if key.text not in self.told.log_keys:
                self.fault("key that the log does not tell of", key.text)

    def leaf_of(self, line: bytes) -> bytes:
        """The leaf of a line: a record, or the hash of one that is withheld."""
        if line.startswith(GONE):
            self.fault("record removed before the export", f"line {self.tree.size + 1}")
        if line.startswith((WITHHELD, GONE)):
            self.told.withheld += 1
            return bytes.fromhex(line.split(b":")[1].decode())
        self.told.shown += 1
        try:
            said = json.loads(line)
            self.told.hear(said)
            if said["seq"] == self.record:
                self.wanted = (self.tree.size, line)
            at = said["at"] or ""
            self.last = max(self.last, at)
            for sealed in self.checkpoints[self.next:self.next + 1]:
                if not sealed.earliest <= at <= sealed.latest:
                    self.fault("record dated outside what its checkpoint allows", f"{said['seq']}, {said['at']}")
        except WRONG as error:
            self.fault("record unreadable", f"line {self.tree.size + 1}: {error}")
        return leaf_hash(line)

    def proof(self) -> str:
        """The record that was asked for and the hashes that lead from it to the root, for whoever wants to check that too."""
        if self.wanted is None:
            return ""
        index, line = self.wanted
        hashes = "".join(f"  {base64.b64encode(h).decode()}\n" for h in path_of(index, self.leaves))
        return f"{line.decode()}\nleaf {index} of {self.tree.size}, sha256:{self.leaves[index].hex()}\n{hashes}"

    def read_signatures(self) -> None:
        """Electronic signatures: content, statements and key agree, and the log tells of each with these very bytes."""
        found = set()
        for n, line in enumerate(self.bundle.lines(SIGNATURES), 1):
            try:
                said = json.loads(line)
                found.add(said["id"])
                self.signed += 1
                self.signature(said)
            except WRONG as error:
                self.fault("electronic signature unreadable", f"line {n}: {error}")
        for id_ in sorted(set(self.told.signatures) - found):
            self.fault("electronic signature missing", id_)

    def signature(self, said: dict[str, Any]) -> None:
        """One electronic signature."""
        message = {name: said[name] for name in SAID}
        signed_at = datetime.strptime(said["signed_at"], "%Y-%m-%dT%H:%M:%S.%fZ")  # noqa: DTZ007 - UTC by its Z
        message["signed_at"] = (signed_at - datetime(1970, 1, 1)) // timedelta(microseconds=1)  # noqa: DTZ001
        told, raw, key = self.told.signatures.get(said["id"]), decode(said["signature"]), self.people[said["key"]]
        if told is None or (told["key"], told["made"], told["content_hash"]) != (said["key"], raw.hex(), said["content_hash"]):
            self.fault("electronic signature that the log does not tell of", said["id"])
        if "sha256:" + hashlib.sha256(canonical(said["content"])).hexdigest() != said["content_hash"]:
            self.fault("content of an electronic signature changed", said["id"])
        if (said["algorithm"], key["algorithm"]) != ("ed25519", "ed25519"):
            self.fault("electronic signature of an algorithm that this program does not know", f"{said['id']}: {said['algorithm']}")
        elif not ed25519_stands(decode(key["public"]), raw, canonical(message)):
            self.fault("electronic signature does not stand", said["id"])
        public, owner = self.told.signing_keys.get(said["key"], ("", ""))
        if public != decode(key["public"]).hex():
            self.fault("key of an electronic signature that the log does not tell of", said["key"])
        elif owner != said["signer"]:
            self.fault("electronic signature made with another person's key", f"{said['id']}: {said['signer']}, {owner}")


def main(arguments: list[str] | None = None) -> int:
    """Check a bundle and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--key", action="append")
    parser.add_argument("--checkpoint", action="append")
    parser.add_argument("--record", type=int)
    given = parser.parse_args(arguments)
    if not given.bundle.exists():
        sys.stderr.write(f"{given.bundle}: 没有这个文件 · there is no such file\n")
        return 1
    try:
        check = Check(given.bundle, keys=given.key, checkpoints=given.checkpoint, record=given.record).run()
    except ValueError as error:
        sys.stderr.write(f"--key: {error}\n")
        return 1
    say = sys.stdout.write
    say(f"{check.origin or '?'}\n记录 records {check.told.shown},未给出 withheld {check.told.withheld},检查点 checkpoints {len(check.roots)},电子签名 signatures {check.signed}\n")
    say(f"审计包制作于 made {check.made[5:] or '?'},最后一条记录 last record {check.last or '?'}\n")
    for key in check.keys:
        say(f"密钥 key {key.text}{'' if check.pinned else '  ← 与公司公布的核对 · compare with the published one'}\n")
    say(check.proof())
    for what, where in check.faults[:1000]:
        say(f"! {what}: {where}\n")
    say(f"不完整:{len(check.faults)} 处 · NOT WHOLE: {len(check.faults)} faults\n" if check.faults else "完整,未被改动 · whole and unchanged\n")
    return 3 if check.faults else 0


if __name__ == "__main__":
    sys.exit(main())
