"""What to write into pacioli.toml to use the sandbox: a source at each simulated provider."""

from sandbox import exports, goedgeplaatst, life_pay, smartpay, yandex_ofd, yume

_SOURCES = f"""\
[[sources]]
name = "sber-main"
provider = "smartpay"
base_url = "{{address}}/smartpay"
token = "{smartpay.TOKEN}"

[[sources]]
name = "yume-rental"
provider = "yume"
base_url = "{{address}}/yume"
token = "{yume.TOKEN}"

[[sources]]
name = "goed-payments"
provider = "goedgeplaatst"
base_url = "{{address}}/goedgeplaatst"
key = "{goedgeplaatst.KEY}"
user_id = {goedgeplaatst.USER_ID}
order = "created_at_asc"
settles = ["sber-main"]

[[sources]]
name = "ofd-shops"
provider = "yandex_ofd"
base_url = "{{address}}/yandex_ofd"
yandex_key = "{yandex_ofd.YANDEX_KEY}"
ofd_key = "{yandex_ofd.OFD_KEY}"

[[sources]]
name = "life-reports"
provider = "life_pay"
base_url = "{{address}}/life_pay"
api_key = "{life_pay.API_KEY}"
org_guid = "{exports.ORG_GUID}"
"""


def toml(address: str) -> str:
    """The sources of a sandbox that answers at `address`."""
    return _SOURCES.format(address=address)
