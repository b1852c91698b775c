"""Writes trained weights as the program takes them: ../line-reader.onnx and ../line-reader.txt.

    export.py TRAINED.pt [--to DIR]

The normalisations are folded into the convolutions, weights are kept in half precision (read back
as single), and what comes out are probabilities: frame by frame those of the characters, and that
the line is handwritten.
"""
import argparse
import pathlib

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

from charset import HERE, build
from network import ROWS, Recogniser


class Probabilities(nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, pictures):
        features = self.network.features(pictures)
        classes = self.network.classes(self.network.narrow(features)).squeeze(2).transpose(1, 2).softmax(2)
        handwriting = self.network.handwriting(features.mean((2, 3))).sigmoid()
        return classes, handwriting


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("trained")
    parser.add_argument("--to", type=pathlib.Path, default=HERE.parent)
    args = parser.parse_args()
    characters = build()
    network = Recogniser(len(characters))
    network.load_state_dict(torch.load(args.trained), strict=False)
    out = args.to / "line-reader.onnx"
    torch.onnx.export(
        Probabilities(network).eval(), torch.zeros(1, 1, ROWS, 256), str(out),
        input_names=["pictures"], output_names=["probabilities", "handwriting"], dynamo=False, opset_version=17,
        dynamic_axes={"pictures": {0: "lines", 3: "columns"}, "probabilities": {0: "lines", 1: "frames"}, "handwriting": {0: "lines"}},
    )
    model = onnx.load(out)
    for weights in model.graph.initializer:
        values = numpy_helper.to_array(weights)
        if values.dtype == np.float32 and values.size > 1:
            name = weights.name
            half = numpy_helper.from_array(values.astype(np.float16), name + "_half")
            weights.CopyFrom(half)
            cast = onnx.helper.make_node("Cast", [name + "_half"], [name], to=onnx.TensorProto.FLOAT)
            model.graph.node.insert(0, cast)
    onnx.save(model, out)
    (args.to / "line-reader.txt").write_text("".join(c + "\n" for c in characters), encoding="utf-8")


if __name__ == "__main__":
    main()
