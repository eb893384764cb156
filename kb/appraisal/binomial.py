"""Intervals of a share k of n, by the methods with which abstracts print them. Pure.

Wald, Wilson (J Am Stat Assoc 1927;22:209), both with and without correction for continuity,
Clopper and Pearson's exact (Biometrika 1934;26:404), Agresti and Coull's, Jeffreys's, and on the
logit scale: Brown, Cai and DasGupta compare them (Stat Sci 2001;16:101).
"""

from __future__ import annotations

from functools import lru_cache
from math import exp, log, sqrt
from statistics import NormalDist

from scipy.special import betaincinv

Ends = tuple[float, float]


@lru_cache(maxsize=4096)
def intervals(k: int, n: int, level: float = 0.95) -> dict[str, Ends]:
    """Both ends in per cent, 0 to 100, by name of the method."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    each = {
        "exact": _beta(k, n, level, 0.0),
        "Wilson": _wilson(k, n, z),
        "Wald": _wald(k, n, z, 0.0),
        "Wilson with correction": _wilson_corrected(k, n, z),
        "Wald with correction": _wald(k, n, z, 0.5 / n),
        "Agresti-Coull": _agresti_coull(k, n, z),
        "Jeffreys": _beta(k, n, level, 0.5),
    }
    if 0 < k < n:
        each["logit"] = _logit(k, n, z)
    return {name: (100 * max(0.0, low), 100 * min(1.0, high)) for name, (low, high) in each.items()}


def _wald(k: int, n: int, z: float, correction: float) -> Ends:
    p = k / n
    half = z * sqrt(p * (1 - p) / n) + correction
    return p - half, p + half


def _wilson(k: int, n: int, z: float) -> Ends:
    p, scale = k / n, 1 + z * z / n
    middle = p + z * z / (2 * n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / scale, (middle + half) / scale


def _wilson_corrected(k: int, n: int, z: float) -> Ends:
    """Newcombe's (Stat Med 1998;17:857)."""

    def lower(p: float) -> float:
        if p == 0:
            return 0.0
        root = sqrt(max(0.0, z * z - 2 - 1 / n + 4 * p * (n * (1 - p) + 1)))
        return (2 * n * p + z * z - 1 - z * root) / (2 * (n + z * z))

    return lower(k / n), 1 - lower(1 - k / n)


def _agresti_coull(k: int, n: int, z: float) -> Ends:
    many = n + z * z
    p = (k + z * z / 2) / many
    half = z * sqrt(p * (1 - p) / many)
    return p - half, p + half


def _beta(k: int, n: int, level: float, prior: float) -> Ends:
    """Clopper and Pearson's without a prior, Jeffreys's with half a patient on each side."""
    tail = (1 - level) / 2
    extra = 0.0 if prior else 1.0
    low = betaincinv(k + prior, n - k + prior + extra, tail) if k else 0.0
    high = betaincinv(k + prior + extra, n - k + prior, 1 - tail) if k < n else 1.0
    return float(low), float(high)


def _logit(k: int, n: int, z: float) -> Ends:
    middle, half = log(k / (n - k)), z * sqrt(1 / k + 1 / (n - k))
    return 1 / (1 + exp(half - middle)), 1 / (1 + exp(-half - middle))
