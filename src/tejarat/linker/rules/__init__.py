"""The rule-based linker: stations that can be read one by one, over the same reading as the learned one.

``flows`` finds what states a flow, ``lists`` puts measures together, ``attach`` binds by syntax, ``context`` carries
through the document, ``assemble`` makes relations.
"""

from tejarat.linker.rules.assemble import link_by_rules

__all__ = ["link_by_rules"]
