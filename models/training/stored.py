"""The weights of ../line-reader.onnx in a network that goes on learning.

export.py folded the normalisations into the convolutions. Here they are taken apart again, with the
means and variances that lines show: the network does what it did, and can learn as it learned.
Classes that were told from all features (before 2026-11-29) are told from the directions in which
they differ most.
"""
import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

from charset import HERE
from network import NARROW

MODEL = HERE.parent / "line-reader.onnx"
CHARACTERS = HERE.parent / "line-reader.txt"


def weights():
    """The weights of each convolution, and its bias, in the order in which they are used."""
    graph = onnx.load(MODEL).graph
    named = {w.name.removesuffix("_half"): numpy_helper.to_array(w).astype(np.float32) for w in graph.initializer}
    convolutions = [[torch.from_numpy(named[name].copy()) for name in node.input[1:3]] for node in graph.node if node.op_type == "Conv"]
    handwriting = [torch.from_numpy(named[f"network.handwriting.{part}"].copy()) for part in ("weight", "bias")]
    return convolutions, handwriting


def narrowed(classes, features):
    """Two convolutions that come nearest to one on what `features` are: softmax does not see what all
    classes have in common."""
    weight, bias = classes
    weight = weight.flatten(1)
    moments = features.T @ features / len(features) + 1e-6 * torch.eye(features.shape[1])
    lower = torch.linalg.cholesky(moments)
    ways, sizes, directions = torch.linalg.svd((weight - weight.mean(0)) @ lower, full_matrices=False)
    root = sizes[:NARROW].sqrt()
    narrow = torch.linalg.solve_triangular(lower, directions[:NARROW] * root[:, None], upper=False, left=False)
    return [[narrow[:, :, None, None], torch.zeros(NARROW)], [(ways[:, :NARROW] * root)[:, :, None, None], bias]]


def load(network, characters, batches):
    """Puts the stored weights into `network`, whose classes are `characters`; `batches` are pictures."""
    stored, handwriting = weights()
    known = {c: at for at, c in enumerate(CHARACTERS.read_text("utf-8").splitlines())}
    order = [0, *(known[c] + 1 for c in characters)]
    stored[-1] = [values[order] for values in stored[-1]]
    into = [m for m in network.modules() if isinstance(m, nn.Conv2d)]
    parts = list(network.modules())
    seen = {}
    with torch.no_grad():
        whole = into if len(stored) == len(into) else into[:-2]
        for conv, (weight, bias) in zip(whole, stored):
            conv.weight.copy_(weight)
            norm = parts[parts.index(conv) + 1] if conv.bias is None else None
            if norm is None:
                conv.bias.copy_(bias)
                continue
            norm.running_mean.zero_()
            norm.running_var.fill_(1 - norm.eps)
            norm.weight.fill_(1)
            norm.bias.copy_(bias)
            norm.register_forward_pre_hook(lambda norm, x, kept=seen.setdefault(norm, []): kept.append(x[0].float()))
        network.handwriting.weight.copy_(handwriting[0])
        network.handwriting.bias.copy_(handwriting[1])
        network.eval()
        moments = {norm: [] for norm in seen}
        for pictures in batches:
            network(pictures)
            for norm, kept in seen.items():
                x = kept.pop()
                moments[norm].append((x.mean((0, 2, 3)), x.square().mean((0, 2, 3))))
        for norm, of in moments.items():
            mean, square = (torch.stack(values).mean(0) for values in zip(*of))
            norm._forward_pre_hooks.clear()
            norm.running_mean.copy_(mean)
            norm.running_var.copy_((square - mean.square()).clamp(min=1e-6))
            norm.bias.add_(mean)
            norm.weight.copy_((norm.running_var + norm.eps).sqrt())
        if len(stored) < len(into):
            features = torch.cat([network.features(pictures).permute(0, 2, 3, 1).flatten(0, 2) for pictures in batches])
            for conv, values in zip(into[-2:], narrowed(stored[-1], features)):
                conv.weight.copy_(values[0])
                conv.bias.copy_(values[1])
