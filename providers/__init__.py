"""The upstreams: what each one is, as values and pure functions, and the one module that talks.

`REGISTRY` names every provider that a configuration may use. Adding one is a file here, a line in
the registry, an enum value in `records`, and a file each in `schema/details/` and `sandbox/`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from providers.base import Provider
from providers.goedgeplaatst import GOEDGEPLAATST
from providers.life_pay import LIFE_PAY
from providers.smartpay import SMARTPAY
from providers.yandex_ofd import YANDEX_OFD
from providers.yume import YUME

REGISTRY: Mapping[str, Provider] = MappingProxyType(
    {
        GOEDGEPLAATST.name: GOEDGEPLAATST,
        LIFE_PAY.name: LIFE_PAY,
        SMARTPAY.name: SMARTPAY,
        YANDEX_OFD.name: YANDEX_OFD,
        YUME.name: YUME,
    }
)
"""Every provider by the name that `provider = "..."` has in the configuration."""
