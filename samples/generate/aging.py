"""What years, scanners and telephones do to a sheet. Every step moves the places with it."""

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

IDENTITY = np.eye(3)


class Picture:
    """A picture and the way from the fresh sheet's pixels to its own."""

    def __init__(self, image):
        self.image, self.homography, self.orientation = image, IDENTITY, 0

    def moved(self, image, step):
        self.image, self.homography = image, step @ self.homography


def smooth(rng, size, cell, low, high):
    """A field of slowly changing values, as of uneven light or paper."""
    width, height = size
    coarse = rng.uniform(low, high, (height // cell + 2, width // cell + 2)).astype("float32")
    return np.asarray(Image.fromarray(coarse).resize(size, Image.BICUBIC))


def multiply(picture, field, colour=(1, 1, 1)):
    values = np.asarray(picture.image).astype("float32")
    values *= np.stack([1 - (1 - field) * share for share in colour], axis=-1)
    picture.image = Image.fromarray(values.clip(0, 255).astype("uint8"))


def yellow(picture, rng, dpi, strength=0.15):
    """Old paper: warm, and warmer at the edges."""
    width, height = picture.image.size
    x = np.abs(np.linspace(-1, 1, width))[None, :] ** 4
    y = np.abs(np.linspace(-1, 1, height))[:, None] ** 4
    age = strength * (0.55 + 0.45 * np.maximum(x, y)) * smooth(rng, picture.image.size, dpi, 0.85, 1.15)
    multiply(picture, 1 - age.clip(0, 1), (0.28, 0.45, 1.0))


def grey(picture, rng, dpi, paper=0.9, ink=0.25):
    """Low contrast: dull paper, faded ink."""
    values = np.asarray(picture.image).astype("float32") / 255
    picture.image = Image.fromarray(((ink + (paper - ink) * values) * 255).astype("uint8"))


def stain(picture, rng, dpi, x=0.7, y=0.3, radius_mm=22):
    """The ring that a cup left."""
    width, height = picture.image.size
    radius = radius_mm * dpi / 25.4
    yy, xx = np.mgrid[0:height, 0:width].astype("float32")
    wobble = 1 + 0.012 * np.sin(3 * np.arctan2(yy - y * height, xx - x * width))
    distance = np.hypot(xx - x * width, yy - y * height) / (radius * wobble)
    ring = 0.16 * np.exp(-((distance - 1) / 0.035) ** 2) + 0.05 * (distance < 1)
    multiply(picture, 1 - ring, (0.5, 0.8, 1.3))


def fold(picture, rng, dpi, across=0.5, down=None):
    """Creases of a sheet that was folded: a dark line with a light flank."""
    width, height = picture.image.size
    field = np.ones((height, width), "float32")
    crease = lambda at, size: (lambda d: 1 - 0.16 * np.exp(-(d / 2.0) ** 2)
                               - 0.07 * (d > 0) * np.exp(-(d / (dpi * 0.2)) ** 2))(
        np.arange(size) - at * size)
    if across is not None:
        field *= crease(across, height)[:, None]
    if down is not None:
        field *= crease(down, width)[None, :]
    multiply(picture, field)


def punch(picture, rng, dpi, side="left"):
    """Two holes, 80 mm apart, 12 mm from the edge."""
    width, height = picture.image.size
    draw = ImageDraw.Draw(picture.image)
    unit = dpi / 25.4
    x = 12 * unit if side == "left" else width - 12 * unit
    for y in (height / 2 - 40 * unit, height / 2 + 40 * unit):
        r = 3 * unit
        draw.ellipse([x - r, y - r, x + r, y + r], fill=(72, 70, 68))


def show_through(picture, rng, dpi, strength=0.10):
    """The writing on the back of a thin sheet, here its own mirrored and moved."""
    back = picture.image.transpose(Image.FLIP_LEFT_RIGHT).transpose(Image.FLIP_TOP_BOTTOM)
    back = ImageChops.offset(back, int(dpi * 0.4), int(dpi * 0.23)).convert("L")
    back = back.filter(ImageFilter.GaussianBlur(dpi / 130))
    multiply(picture, 1 - strength * (1 - np.asarray(back).astype("float32") / 255))


def shade(picture, rng, dpi, low=0.8):
    """Uneven light."""
    multiply(picture, smooth(rng, picture.image.size, dpi * 3, low, 1.0))


def gutter(picture, rng, dpi, side="left"):
    """The dark fall-off beside the spine of a bound book or the lid of the scanner."""
    width, height = picture.image.size
    ramp = 1 - 0.65 * np.exp(-np.arange(width) / (dpi * 0.14))
    if side == "right":
        ramp = ramp[::-1]
    multiply(picture, np.tile(ramp.astype("float32"), (height, 1)))


def streak(picture, rng, dpi, number=3):
    """Dirt on the glass of a sheet feeder draws lines down the page."""
    draw = ImageDraw.Draw(picture.image)
    width, height = picture.image.size
    for _ in range(number):
        x = int(rng.uniform(0.05, 0.95) * width)
        tone = int(rng.uniform(110, 190))
        draw.line([x, 0, x, height], fill=(tone,) * 3, width=1)


def blur(picture, rng, dpi, sigma=0.6):
    picture.image = picture.image.filter(ImageFilter.GaussianBlur(sigma))


def noise(picture, rng, dpi, sigma=2.5):
    values = np.asarray(picture.image).astype("float32")
    grain = rng.normal(0, sigma, values.shape[:2])[..., None]
    picture.image = Image.fromarray((values + grain).clip(0, 255).astype("uint8"))


def specks(picture, rng, dpi, number=150):
    """Toner dust."""
    draw = ImageDraw.Draw(picture.image)
    width, height = picture.image.size
    for _ in range(number):
        x, y, r = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0.3, 1.3) * dpi / 200
        tone = int(rng.uniform(30, 140))
        draw.ellipse([x - r, y - r, x + r, y + r], fill=(tone,) * 3)


def skew(picture, rng, dpi, degrees=0.6, ground=None):
    """Laid on the glass not quite straight (counter-clockwise positive)."""
    width, height = picture.image.size
    ground = tuple(ground) if ground else picture.image.getpixel((3, 3))
    image = picture.image.rotate(degrees, Image.BICUBIC, fillcolor=ground)
    angle, cx, cy = np.deg2rad(degrees), width / 2, height / 2
    c, s = np.cos(angle), np.sin(angle)
    step = np.array([[c, s, cx - c * cx - s * cy], [-s, c, cy + s * cx - c * cy], [0, 0, 1]])
    picture.moved(image, step)


def turn(picture, rng, dpi, clockwise=180):
    """Fed in the wrong way round. The truth's orientation is the turn that mends it."""
    width, height = picture.image.size
    image, step = {
        90: (Image.ROTATE_270, [[0, -1, height], [1, 0, 0], [0, 0, 1]]),
        180: (Image.ROTATE_180, [[-1, 0, width], [0, -1, height], [0, 0, 1]]),
        270: (Image.ROTATE_90, [[0, 1, 0], [-1, 0, width], [0, 0, 1]]),
    }[clockwise]
    picture.moved(picture.image.transpose(image), np.array(step, float))
    picture.orientation = (360 - clockwise) % 360


def homography(source, target):
    rows, values = [], []
    for (x, y), (u, v) in zip(source, target):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return np.append(np.linalg.solve(np.array(rows, float), np.array(values, float)), 1).reshape(3, 3)


def photo(picture, rng, dpi, margin=0.05, strength=0.03, desk=(92, 74, 58)):
    """Taken with a telephone on a desk: perspective, light from one side, the desk around it."""
    width, height = picture.image.size
    dx, dy = margin * width, margin * height
    size = (round(width + 2 * dx), round(height + 2 * dy))
    source = [(0, 0), (width, 0), (width, height), (0, height)]
    shift = lambda span: rng.uniform(-strength, strength) * span
    target = [(x + dx + shift(width), y + dy + shift(height)) for x, y in source]
    step = homography(source, target)
    back = np.linalg.inv(step)
    coefficients = (back / back[2, 2]).flatten()[:8]
    sheet = picture.image.transform(size, Image.PERSPECTIVE, coefficients, Image.BICUBIC)
    cover = Image.new("L", (width, height), 255).transform(size, Image.PERSPECTIVE, coefficients, Image.BICUBIC)
    ground = Image.fromarray((np.array(desk)[None, None, :]
                              * smooth(rng, size, dpi // 3, 0.85, 1.1)[..., None]).clip(0, 255).astype("uint8"))
    ground.paste(sheet, (0, 0), cover)
    picture.moved(ground, step)
    xx = np.linspace(0, 1, size[0])[None, :] * rng.choice([-1, 1])
    light = 0.86 + 0.14 * np.cos(1.6 * (xx + np.linspace(0, 0.6, size[1])[:, None]))
    multiply(picture, light.astype("float32"), (0.9, 1.0, 1.1))


def fax(picture, rng, dpi, threshold=150, salt=0.0006):
    """Black and white, as a facsimile machine sends it."""
    values = np.asarray(picture.image.convert("L")).astype("float32") + rng.normal(0, 16, picture.image.size[::-1])
    black = values < threshold
    black ^= rng.random(black.shape) < salt
    picture.image = Image.fromarray((~black * np.uint8(255))).convert("RGB")


STEPS = {step.__name__: step for step in (
    yellow, grey, stain, fold, punch, show_through, shade, gutter, streak, blur, noise, specks,
    skew, turn, photo, fax)}


def age(image, steps, rng, dpi):
    picture = Picture(image)
    for step in steps:
        name, options = next(iter(step.items())) if isinstance(step, dict) else (step, {})
        STEPS[name](picture, rng, dpi, **options)
    return picture
