"""A line's picture as the network wants it; ocr/src/network/prepared.rs does the same."""
import numpy as np
from PIL import Image

from network import ROWS


def prepared(picture):
    """Ink 0 to 1 on paper 0, 32 rows: paper is the ninth decile of the greys, ink the darkest hundredth."""
    dark, paper = np.quantile(picture, [0.01, 0.9])
    width = max(8, round(picture.shape[1] * ROWS / picture.shape[0]))
    small = np.asarray(Image.fromarray(picture).resize((width, ROWS), Image.BILINEAR), np.float32)
    return np.clip((paper - small) / max(paper - dark, 48.0), 0.0, 1.0)
