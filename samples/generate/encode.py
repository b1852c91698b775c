"""Files as scanners and facsimile machines make them; the same bytes for the same picture."""

import io


def jpeg(image, quality=65, grey=True, dpi=200):
    buffer = io.BytesIO()
    image.convert("L" if grey else "RGB").save(buffer, "JPEG", quality=quality, optimize=True, dpi=(dpi, dpi))
    return buffer.getvalue()


def png(image, grey=True, levels=16, dpi=200):
    buffer = io.BytesIO()
    if levels == 2:
        image = image.convert("L").point(lambda value: 255 if value > 160 else 0).convert("1", dither=0)
    elif grey:
        step = 255 / (levels - 1)
        image = image.convert("L").point(lambda value: round(round(value / step) * step))
        image = image.quantize(levels, dither=0) if levels <= 16 else image
    else:
        image = image.convert("RGB").quantize(levels, method=0, dither=0)
    image.save(buffer, "PNG", optimize=True, dpi=(dpi, dpi))
    return buffer.getvalue()


def tiff(images, dpi=200):
    """One file of CCITT group 4 pages."""
    pages = [image.convert("L").point(lambda value: 255 if value > 127 else 0).convert("1", dither=0)
             for image in images]
    buffer = io.BytesIO()
    pages[0].save(buffer, "TIFF", compression="group4", save_all=True, append_images=pages[1:], dpi=(dpi, dpi))
    return buffer.getvalue()


def pdf(jpegs, title):
    """One file with each JPEG embedded byte for byte, as document scanners write it.

    `jpegs`: (bytes, width, height, dpi, channels).
    """
    kids = " ".join(f"{3 + 3 * index} 0 R" for index in range(len(jpegs)))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>",
               f"<< /Type /Pages /Count {len(jpegs)} /Kids [{kids}] >>".encode()]
    for index, (data, width, height, dpi, channels) in enumerate(jpegs):
        number = 3 + 3 * index
        w, h = width * 72 / dpi, height * 72 / dpi
        space = "/DeviceGray" if channels == 1 else "/DeviceRGB"
        drawing = f"q {w:.2f} 0 0 {h:.2f} 0 0 cm /Page Do Q".encode()
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {w:.2f} {h:.2f}] /Contents {number + 1} 0 R "
            f"/Resources << /XObject << /Page {number + 2} 0 R >> >> >>".encode(),
            b"<< /Length %d >>\nstream\n" % len(drawing) + drawing + b"\nendstream",
            f"<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace {space} "
            f"/BitsPerComponent 8 /Filter /DCTDecode /Length {len(data)} >>\nstream\n".encode()
            + data + b"\nendstream",
        ]
    objects.append(b"<< /Title (" + title.encode("ascii") + b") >>")
    out, offsets = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        out += b"%010d 00000 n \n" % offset
    out += (b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n"
            % (len(objects) + 1, len(objects), start))
    return bytes(out)
