"""A million records scored and put into clusters, against Splink on the same features and blocks.

Splink is no part of the development environment: `pip install --no-deps splink` beside it, or there is nothing to compare with.
"""

from importlib.util import find_spec
from pathlib import Path

from benchmarks.figures import Figure, child, cpu_and_peak
from benchmarks.firms import ROWS
from medthread.stores.engines import connect, literal

FIRMS = 0.785  # of the records; the others are copies
IMPORTS = """
import logging, time
from pathlib import Path
from tempfile import mkdtemp
from medthread.stores.engines import connect, literal
logging.disable(logging.CRITICAL)
file, out = sys.argv[1:3]
"""
READY = """
con = connect(memory="1GB", threads=2, spill=Path(mkdtemp()))
con.execute(f"create table features as select * exclude (firm) from read_parquet({literal(file)})")
began = time.perf_counter()
"""
DONE = """
Path(out + ".seconds").write_text(str(time.perf_counter() - began))
con.execute(f"copy (select rid, {name} as name from {found}) to {literal(out)}")
"""
OURS = """
from medthread.model import MatchModel
from medthread.pipeline.match.decisions import Decisions
from medthread.pipeline.match.kinds import kind_of
from medthread.pipeline.match.partition import part
from medthread.pipeline.match.score import score
""" + READY + """
model = MatchModel(kind="organisation")
comparisons = kind_of(model).comparisons
score(con, comparisons, least=model.review)
part(con, Decisions(), apart=comparisons.apart, auto=model.auto)
name, found = "name", "cluster"
""" + DONE
# The same blocks, and comparisons of the same fields; weights are given, as ours are, and nothing is learnt in the time.
THEIRS = """
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
import splink.comparison_library as cl
def weighed(c, levels):
    return c.configure(m_probabilities=[0.9] + [0.1 / levels] * levels, u_probabilities=[0.001] + [0.999 / levels] * levels)
settings = SettingsCreator(
    link_type="dedupe_only", unique_id_column_name="rid", probability_two_random_records_match=1e-6,
    blocking_rules_to_generate_predictions=[
        block_on("sure"), block_on("substr(code, 1, 12)"), block_on("right(code, 10)"), block_on("norm"), block_on("brand"), block_on("sound"), block_on("phone"),
        block_on("address"), block_on("city", "substr(brand, 1, 1)", "substr(trade, 1, 1)"),
    ],
    comparisons=[
        weighed(cl.JaroWinklerAtThresholds("norm", [0.93]), 2), *(weighed(cl.ExactMatch(c), 1) for c in ("code", "brand", "city", "trade", "address", "phone")),
    ],
    retain_intermediate_calculation_columns=False, retain_matching_columns=False,
)
""" + READY + """
linker = Linker(DuckDBAPI(connection=con).register("features"), settings)
edges = linker.inference.predict(threshold_match_probability=0.9)
found = linker.clustering.cluster_pairwise_predictions_at_threshold(edges, threshold_match_probability=0.9).physical_name
name = "cluster_id"
""" + DONE


def measure(folder: Path, *, records: int) -> list[Figure]:
    """Seconds and memory of two processes, each twice, the better taken."""
    file = folder / "firms.parquet"
    with connect(memory="2GB", threads=2, spill=folder / "spill") as con:
        con.execute(f"copy ({ROWS.format(firms=int(records * FIRMS))}) to {literal(str(file))}")
    label = f"{records / 1e6:g} M records scored and clustered"
    ours, peak, f1 = _best(folder, file, OURS)
    memory = Figure(f"{label}, memory", f"{peak:.0f} MB", "1500 MB", peak / 1500, "<= 1.5 GB", peak <= 1500)
    if find_spec("splink") is None:
        return [memory]
    theirs, _, their_f1 = _best(folder, file, THEIRS)
    return [
        Figure(label, f"{ours:.1f} s", f"{theirs:.1f} s", ours / theirs, "<= 1.0", ours <= theirs),
        memory,
        Figure(f"{label}, F1 of pairs", f"{f1:.3f}", f"{their_f1:.3f}", f1 / their_f1, ">= 1.0", f1 >= their_f1),
    ]


def _best(folder: Path, file: Path, body: str) -> tuple[float, float, float]:
    out = folder / "clusters.parquet"
    seconds, peaks = [], []
    for _ in range(2):
        _, peak = cpu_and_peak(child(imports=IMPORTS, body=body), str(file), str(out))
        seconds.append(float(Path(f"{out}.seconds").read_text()))
        peaks.append(peak)
    return min(seconds), max(peaks), _f1(file, out)


def _f1(file: Path, out: Path) -> float:
    """Of pairs in one cluster, against pairs of one firm."""
    with connect(memory="2GB", threads=2) as con:
        con.execute(f"create table told as select firm, name from read_parquet({literal(str(file))}) join read_parquet({literal(str(out))}) using (rid)")
        true, found, right = (
            con.execute(f"select coalesce(sum(n * (n - 1) / 2), 0) from (select count(*) as n from told group by {by})").fetchall()[0][0]
            for by in ("firm", "name", "firm, name")
        )
    return float(2 * right / (true + found))
