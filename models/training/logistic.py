"""Logistic curves and how good they are."""
import pathlib
import re
import unicodedata

import numpy as np

MODELS = pathlib.Path(__file__).resolve().parent.parent


def plain(text):
    """What counts of a text when it is compared."""
    text = unicodedata.normalize("NFKC", text)
    return re.sub(r"\s+", "", re.sub(r"[〜∼～]", "~", re.sub(r"[‐‑‒–—―−]", "-", text)))


def logistic(x, y, ridge=1.0):
    """Base and weights of the curve that tells `y` from the signs `x`."""
    mean, spread = x.mean(0), x.std(0) + 1e-9
    z = np.c_[np.ones(len(x)), (x - mean) / spread]
    weights, penalty = np.zeros(z.shape[1]), np.eye(z.shape[1]) * ridge
    penalty[0, 0] = 1e-6
    for _ in range(60):
        p = 1 / (1 + np.exp(-z @ weights))
        slope = z.T @ (p - y) + penalty @ weights
        weights -= np.linalg.solve((z * (p * (1 - p))[:, None]).T @ z + penalty, slope)
    return np.r_[weights[0] - (weights[1:] * mean / spread).sum(), weights[1:] / spread]


def chance(weights, x):
    return 1 / (1 + np.exp(-(weights[0] + np.asarray(x) @ weights[1:])))


def ranking(p, y):
    """The chance that what is right gets more than what is wrong (AUROC)."""
    order = np.argsort(p, kind="stable")
    _, at, count = np.unique(p, return_inverse=True, return_counts=True)
    ranks = np.empty(len(p))
    ranks[order] = np.arange(1, len(p) + 1)
    ranks = (np.bincount(at, ranks) / count)[at]
    right = int(y.sum())
    return (ranks[y == 1].sum() - right * (right + 1) / 2) / (right * (len(y) - right))


def calibration_error(p, y, bins=10):
    at = np.minimum((p * bins).astype(int), bins - 1)
    return sum(abs(p[at == k].mean() - y[at == k].mean()) * (at == k).mean() for k in set(at))
