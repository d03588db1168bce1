"""The data contract of an entity (Open Data Contract Standard 3.2.0) out of its declaration, and the declaration back out of it."""

from medthread.derive.contract.declaration import Declaration, declaration_in
from medthread.derive.contract.entity import contract_of
from medthread.derive.contract.words import Promise, Words

__all__ = ["Declaration", "Promise", "Words", "contract_of", "declaration_in"]
