"""The products of this release, by name and access."""

from collections.abc import Mapping

from roomscope.generator.products.exchange_online import EXCHANGE_ONLINE
from roomscope.generator.products.exchange_server import EXCHANGE_SERVER
from roomscope.generator.products.product import Product

PRODUCTS: Mapping[str, Product] = {one.kind: one for one in (EXCHANGE_SERVER, *EXCHANGE_ONLINE)}
