"""The line recogniser: a picture of 32 rows in, for every four columns of it a score of each
character (class 0: between characters) out. Convolutions only, so that it reads a line of any
length alike, in one pass, on one core.
"""
import torch
from torch import nn
from torch.nn import functional

ROWS = 32
STEP = 4
# What the classes are told from: a third of what the whole classes would multiply.
NARROW = 128


def layer(before, after, kernel, stride=1, padding=None):
    if padding is None:
        padding = tuple(k // 2 for k in kernel) if isinstance(kernel, tuple) else kernel // 2
    return nn.Sequential(
        nn.Conv2d(before, after, kernel, stride, padding, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True)
    )


class Residual(nn.Module):
    def __init__(self, width, kernel):
        super().__init__()
        self.first = layer(width, width, kernel)
        self.second = layer(width, width, kernel)[:2]

    def forward(self, x):
        return functional.relu(x + self.second(self.first(x)))


class Recogniser(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.strokes = nn.Sequential(
            layer(1, 32, 3, 2),  # 16 rows
            layer(32, 64, 3, 2), Residual(64, 3),  # 8 rows, a column in four
            layer(64, 128, 3, (2, 1)), Residual(128, 3),  # 4 rows
            layer(128, 320, (4, 3), 1, (0, 1)),  # 1 row
        )
        self.context = nn.Sequential(Residual(320, (1, 3)), Residual(320, (1, 3)))
        self.narrow = nn.Conv2d(320, NARROW, 1)
        self.classes = nn.Conv2d(NARROW, classes + 1, 1)
        self.handwriting = nn.Linear(320, 1)  # fitted afterwards by handwriting.py

    def features(self, pictures):
        """pictures: n x 1 x 32 x w, ink 1 on 0. n x 320 x 1 x w/4."""
        return self.context(self.strokes(pictures))

    def forward(self, pictures):
        return self.classes(self.narrow(self.features(pictures))).squeeze(2)
