"""Release trains: what was built reaches readers at set times, all of it at once, whoever built what in between."""

from medthread.governance.trains.service import TrainService, depart
from medthread.governance.trains.timetable import Timetable, Train

__all__ = ["Timetable", "Train", "TrainService", "depart"]
