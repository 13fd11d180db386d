from edo.admin import registration, trust

__all__ = ["registration", "trust"]
