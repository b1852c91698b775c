//! Files made for tests: pictures, TIFF files of any tags, small PDFs.

use std::{fmt::Write, io::Cursor};

use image::{DynamicImage, GrayImage, ImageFormat, Luma, Rgb, RgbImage, codecs::jpeg::JpegEncoder};

/// Size of the pages of [`tiff_of_pages`].
pub(crate) const TIFF_SIZE: (u32, u32) = (64, 40);

/// A colourful picture in which no half looks like the other.
pub(crate) fn colours(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let stripe = if (x / 5 + y / 7) % 2 == 0 { 40 } else { 0 };
        Rgb([(x * 199 / width) as u8 + stripe, (y * 199 / height) as u8 + stripe, 60 + stripe])
    })
}

/// Text-like black on white, with a black square in the upper left corner only.
pub(crate) fn ink(width: u32, height: u32) -> GrayImage {
    GrayImage::from_fn(width, height, |x, y| {
        let in_corner = x < width / 8 && y < height / 8;
        let in_text = y % 8 < 3 && x % 6 < 4 && x > width / 4 && y > height / 4;
        Luma([if in_corner || in_text { 0 } else { 255 }])
    })
}

/// A baseline JPEG.
pub(crate) fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut encoded = Vec::new();
    JpegEncoder::new_with_quality(&mut encoded, 90).encode_image(&colours(width, height)).unwrap();
    encoded
}

/// The same with an EXIF segment that asks for a turn, 1 to 8.
pub(crate) fn jpeg_turned(width: u32, height: u32, orientation: u8) -> Vec<u8> {
    let plain = jpeg(width, height);
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let length = (exif.len() as u16 + 2).to_be_bytes();
    [&plain[..2], &[0xff, 0xe1], &length, &exif, &plain[2..]].concat()
}

/// A PNG of that picture.
pub(crate) fn png(image: &DynamicImage) -> Vec<u8> {
    let mut encoded = Cursor::new(Vec::new());
    image.write_to(&mut encoded, ImageFormat::Png).unwrap();
    encoded.into_inner()
}

/// One directory of a TIFF file.
#[derive(Clone)]
pub(crate) struct TiffPage {
    /// Tag, type (3 short, 4 long, 5 rational: two longs) and numbers.
    pub(crate) tags: Vec<(u16, u16, Vec<u32>)>,
    pub(crate) strips: Vec<Vec<u8>>,
}

impl TiffPage {
    pub(crate) fn new(width: u32, height: u32, compression: u32, photometric: u32) -> Self {
        let tags = vec![
            (256, 4, vec![width]),
            (257, 4, vec![height]),
            (259, 3, vec![compression]),
            (262, 3, vec![photometric]),
        ];
        Self { tags, strips: Vec::new() }
    }

    pub(crate) fn tag(mut self, tag: u16, kind: u16, numbers: &[u32]) -> Self {
        self.tags.retain(|(there, ..)| *there != tag);
        self.tags.push((tag, kind, numbers.to_vec()));
        self
    }

    pub(crate) fn strip(mut self, data: impl Into<Vec<u8>>) -> Self {
        self.strips.push(data.into());
        self
    }
}

/// A TIFF file of these pages, in either byte order.
pub(crate) fn tiff(pages: &[TiffPage], little_endian: bool) -> Vec<u8> {
    let short = |n: u32| {
        if little_endian { (n as u16).to_le_bytes() } else { (n as u16).to_be_bytes() }
    };
    let long = |n: u32| if little_endian { n.to_le_bytes() } else { n.to_be_bytes() };
    let mut file = if little_endian { b"II".to_vec() } else { b"MM".to_vec() };
    file.extend(short(42));
    let mut link = file.len();
    file.extend(long(0));
    for page in pages {
        let mut offsets = Vec::new();
        for strip in &page.strips {
            offsets.push(file.len() as u32);
            file.extend(strip);
        }
        let mut tags = page.tags.clone();
        tags.push((273, 4, offsets));
        tags.push((279, 4, page.strips.iter().map(|strip| strip.len() as u32).collect()));
        tags.sort_by_key(|(tag, ..)| *tag);
        let mut entries = Vec::new();
        for (tag, kind, numbers) in &tags {
            let value: Vec<u8> = match kind {
                3 => numbers.iter().flat_map(|&n| short(n)).collect(),
                _ => numbers.iter().flat_map(|&n| long(n)).collect(),
            };
            let count = if *kind == 5 { numbers.len() / 2 } else { numbers.len() };
            entries.extend(short(u32::from(*tag)));
            entries.extend(short(u32::from(*kind)));
            entries.extend(long(count as u32));
            if value.len() <= 4 {
                entries.extend(value.iter().copied().chain([0; 4]).take(4));
            } else {
                entries.extend(long(file.len() as u32));
                file.extend(value);
            }
        }
        let at = long(file.len() as u32);
        file[link..link + 4].copy_from_slice(&at);
        file.extend(short(tags.len() as u32));
        file.extend(entries);
        link = file.len();
        file.extend(long(0));
    }
    file
}

/// The picture in G4, as fax writes it: white is 0.
pub(crate) fn group4(image: &GrayImage) -> Vec<u8> {
    use fax::{Color, VecWriter, encoder::Encoder};
    let mut encoder = Encoder::new(VecWriter::new());
    for row in image.rows() {
        let colours = row.map(|pixel| if pixel[0] == 0 { Color::Black } else { Color::White });
        encoder.encode_line(colours, image.width() as u16).unwrap();
    }
    encoder.finish().unwrap().finish()
}

/// One bit a pixel, 1 for white.
pub(crate) fn packed(image: &GrayImage) -> Vec<u8> {
    image
        .as_raw()
        .chunks(image.width() as usize)
        .flat_map(|row| {
            row.chunks(8).map(|pixels| {
                let bits = pixels.iter().enumerate();
                bits.fold(0, |byte, (at, &pixel)| byte | (u8::from(pixel > 0) << (7 - at)))
            })
        })
        .collect()
}

/// A page in G4.
pub(crate) fn group4_page(image: &GrayImage) -> TiffPage {
    TiffPage::new(image.width(), image.height(), 4, 0).strip(group4(image))
}

/// A multi-page TIFF in G4; each page has one more dot than the one before.
pub(crate) fn tiff_of_pages(n: u32) -> Vec<u8> {
    let (width, height) = TIFF_SIZE;
    let pages: Vec<_> = (0..n)
        .map(|page| {
            let mut image = ink(width, height);
            image.put_pixel(width - 1 - page % width, height - 1, Luma([0]));
            group4_page(&image)
        })
        .collect();
    tiff(&pages, true)
}

/// A PDF file, object by object.
#[derive(Default)]
pub(crate) struct PdfFile {
    objects: Vec<Vec<u8>>,
}

impl PdfFile {
    /// Adds an object and returns its number. Number 1 is the catalogue, 2 the page tree.
    pub(crate) fn add(&mut self, body: impl Into<Vec<u8>>) -> usize {
        self.objects.push(body.into());
        self.objects.len() + 2
    }

    /// Adds a stream with further entries of its dictionary.
    pub(crate) fn add_stream(&mut self, entries: &str, data: &[u8]) -> usize {
        let head = format!("<< /Length {} {entries} >>\nstream\n", data.len());
        self.add([head.as_bytes(), data, b"\nendstream"].concat())
    }

    /// The file, with these objects as pages.
    pub(crate) fn finish(self, pages: &[usize]) -> Vec<u8> {
        let kids = references(pages.iter().map(|page| (String::new(), *page)));
        let tree = format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", pages.len());
        let first = [b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(), tree.into_bytes()];
        let mut file = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n".to_vec();
        let mut table = String::new();
        let mut n = 1;
        for object in first.into_iter().chain(self.objects) {
            writeln!(table, "{:010} 00000 n ", file.len()).unwrap();
            file.extend(format!("{n} 0 obj\n").into_bytes());
            file.extend(object);
            file.extend(b"\nendobj\n");
            n += 1;
        }
        let start = file.len();
        let tail = format!(
            "xref\n0 {n}\n0000000000 65535 f \n{table}trailer\n<< /Size {n} /Root 1 0 R >>\n\
             startxref\n{start}\n%%EOF\n"
        );
        file.extend(tail.into_bytes());
        file
    }
}

fn references(objects: impl Iterator<Item = (String, usize)>) -> String {
    objects.fold(String::new(), |list, (name, object)| format!("{list} {name} {object} 0 R"))
}

/// A page of A4 (595 × 842 points) with that content and those pictures, and further entries.
pub(crate) fn pdf_page(
    pdf: &mut PdfFile,
    content: &str,
    pictures: &[(&str, usize)],
    entries: &str,
) -> usize {
    let content = pdf.add_stream("", content.as_bytes());
    let pictures = references(pictures.iter().map(|(name, page)| (format!("/{name}"), *page)));
    pdf.add(format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R \
         /Resources << /XObject << {pictures} >> >> {entries} >>"
    ))
}

/// A JPEG as an object of a PDF.
pub(crate) fn pdf_jpeg(pdf: &mut PdfFile, jpeg: &[u8], width: u32, height: u32) -> usize {
    let entries = format!(
        "/Type /XObject /Subtype /Image /Width {width} /Height {height} /BitsPerComponent 8 \
         /ColorSpace /DeviceRGB /Filter /DCTDecode"
    );
    pdf.add_stream(&entries, jpeg)
}

/// What a scanner writes: each page one JPEG that fills it.
pub(crate) fn scanned_pdf(jpegs: &[Vec<u8>], width: u32, height: u32) -> Vec<u8> {
    let mut pdf = PdfFile::default();
    let pages: Vec<_> = jpegs
        .iter()
        .map(|jpeg| {
            let picture = pdf_jpeg(&mut pdf, jpeg, width, height);
            pdf_page(&mut pdf, "q 595 0 0 842 0 0 cm /Im0 Do Q", &[("Im0", picture)], "")
        })
        .collect();
    pdf.finish(&pages)
}
