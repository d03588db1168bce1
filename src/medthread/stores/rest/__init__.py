"""REST interfaces: the pages of a resource, as one record per line."""

from medthread.stores.rest.door import Limits, read_resource

__all__ = ["Limits", "read_resource"]
