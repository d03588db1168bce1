"""Names of Chinese firms and institutions, taken apart for comparison."""

from medthread.methods.names.organisation import OrganisationName, parse_organisation
from medthread.methods.names.text import address_core, plain, sound

__all__ = ["OrganisationName", "address_core", "parse_organisation", "plain", "sound"]
