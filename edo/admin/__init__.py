from edo.admin import agreements, confirmations, registration, signings, trust

__all__ = ["agreements", "confirmations", "registration", "signings", "trust"]
