"""How big the company is at a scale: masters grow with the root of it, events in proportion."""

from dataclasses import dataclass
from math import sqrt


@dataclass(frozen=True)
class Plan:
    """Counts of everything at one scale; scale 1 makes about 200,000 source rows."""

    scale: float

    def _master(self, at_one: int, least: int) -> int:
        return max(least, round(at_one * sqrt(self.scale)))

    def _events(self, at_one: int, least: int) -> int:
        return max(least, round(at_one * self.scale))

    @property
    def suppliers(self) -> int:
        """Firms that supply."""
        return self._master(420, 60)

    @property
    def customers(self) -> int:
        """Hospitals and dealers."""
        return self._master(450, 50)

    @property
    def parts(self) -> int:
        """Purchased parts."""
        return self._master(800, 80)

    @property
    def assemblies(self) -> int:
        """Sub-assemblies."""
        return self._master(120, 12)

    @property
    def consumables(self) -> int:
        """Lot-tracked products."""
        return self._master(40, 8)

    @property
    def devices(self) -> int:
        """Serial-tracked products."""
        return self._master(40, 8)

    @property
    def machines(self) -> int:
        """Machines, gauges and tools."""
        return self._master(420, 90)

    @property
    def units(self) -> int:
        """Finished units."""
        return self._events(85_000, 400)

    @property
    def part_lots(self) -> int:
        """Receipt lines, each an internal lot."""
        return max(self.parts * 3, self._events(7_500, 240))

    @property
    def assembly_orders(self) -> int:
        """Work orders that make sub-assemblies."""
        return max(self.assemblies * 3, self._events(1_200, 36))

    @property
    def consumable_orders(self) -> int:
        """Work orders that make consumables."""
        return max(self.consumables * 3, self._events(480, 24))

    @property
    def orders_without_receipt(self) -> int:
        """Purchase-order lines that no receipt names; faults are planted in these only."""
        return self._events(2_500, 240)

    @property
    def movements(self) -> int:
        """Stock movements."""
        return self._events(10_000, 200)

    @property
    def readings(self) -> int:
        """Process readings."""
        return self._events(20_000, 240)

    @property
    def inspections(self) -> int:
        """Incoming inspections."""
        return self._events(7_500, 200)

    def faults(self, at_one: int) -> int:
        """How many of a fault; at least three of each."""
        return max(3, round(at_one * sqrt(min(self.scale, 4.0))))
