"""Whether an address is the institution's own: within its domain, or one below."""


def is_own(address: str, own: str) -> bool:
    """`own` is `[institution] email_domain`; where there is none, nothing is."""
    domain = address.rpartition("@")[2].lower()
    return bool(own) and (domain == own or domain.endswith(f".{own}"))
