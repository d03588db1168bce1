"""Whether a server's pages are whole: its trees and heaps by amcheck while it runs, every page's checksum once it is closed."""

from medthread.stores.postgres.cluster import Cluster
from medthread.stores.postgres.programs import address_of, call

DAMAGED = "the copy holds damaged pages; take another backup, and look at the disk of the original"


def check_structures(cluster: Cluster) -> str:
    """Every table and index of the database compared with itself (pg_amcheck)."""
    address, password = address_of(cluster.url)
    call([
        str(cluster.programs / "pg_amcheck"), "--install-missing", "--on-error-stop", "--no-password", address],
        password=password, hint=DAMAGED)
    return "pg_amcheck: no damage"


def check_pages(cluster: Cluster) -> str:
    """Every page's checksum (pg_checksums); the server has ended before."""
    said = call([str(cluster.programs / "pg_checksums"), "--check", "--pgdata", str(cluster.files)], hint=DAMAGED)
    return "; ".join(line.strip() for line in said.splitlines() if "locks scanned" in line or "bad checksums" in line.lower())
