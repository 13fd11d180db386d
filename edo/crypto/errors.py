"""Why a signature value is not good, or cannot be judged."""


class UnsupportedAlgorithm(Exception):
    """We do not know the algorithm or the curve, or the engine for it is absent."""


class WeakAlgorithm(Exception):
    """We know the algorithm and do not accept it."""


class InvalidSignature(Exception):
    """The key does not confirm the signature value."""
