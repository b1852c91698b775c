//! TIFF, PNG and PDF files of any make, written byte by byte.

use std::io::Write;

use flate2::{Compress, Compression, FlushCompress, write::ZlibEncoder};

use crate::paper::png_chunk;

/// A stream of at least so many zeros as zlib packs them: a thousandth of their number. One block
/// is packed and repeated; packing a gigabyte would take a minute.
pub fn packed_zeros(n: u64) -> Vec<u8> {
    const BLOCK: usize = 1 << 16;
    let mut packer = Compress::new(Compression::best(), false);
    let mut block = Vec::with_capacity(BLOCK);
    packer.compress_vec(&vec![0; BLOCK], &mut block, FlushCompress::Full).unwrap();
    let blocks = n.div_ceil(BLOCK as u64);
    // RFC 1950: the second half of the checksum of zeros counts them, the first stays 1.
    let sum = (blocks * BLOCK as u64 % 65_521) as u32;
    let mut stream = vec![0x78, 0xda];
    stream.extend(block.repeat(blocks as usize));
    // An empty last block.
    stream.extend([3, 0]);
    stream.extend((sum << 16 | 1).to_be_bytes());
    stream
}

pub fn packed(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// A PNG that says it is that large, of one bit a pixel, with this as its data.
pub fn png(width: u32, height: u32, idat: &[u8], before: &[u8]) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[1, 0, 0, 0, 0]].concat();
    [
        b"\x89PNG\r\n\x1a\n",
        &png_chunk(*b"IHDR", &header)[..],
        before,
        &png_chunk(*b"IDAT", idat),
        &png_chunk(*b"IEND", &[]),
    ]
    .concat()
}

/// One entry of a TIFF directory: tag, type (3 short, 4 long), number.
pub type Entry = (u16, u16, u32);

/// A little-endian TIFF of one strip and these entries, which must be in order; `next` is where
/// it says the next directory is.
pub fn tiff(entries: &[Entry], strip: &[u8], next: u32) -> Vec<u8> {
    let directory = 8 + strip.len() as u32;
    let mut file = [b"II*\0", &directory.to_le_bytes()[..], strip].concat();
    let mut entries = entries.to_vec();
    entries.extend([(273, 4, 8), (279, 4, strip.len() as u32)]);
    entries.sort_by_key(|entry| entry.0);
    entries.dedup_by_key(|entry| entry.0);
    file.extend((entries.len() as u16).to_le_bytes());
    for (tag, kind, number) in entries {
        file.extend(tag.to_le_bytes());
        file.extend(kind.to_le_bytes());
        file.extend(1_u32.to_le_bytes());
        file.extend(number.to_le_bytes());
    }
    file.extend(next.to_le_bytes());
    file
}

/// The entries of a picture of one sample of `bits` a pixel.
pub fn picture(width: u32, height: u32, bits: u32, compression: u32) -> Vec<Entry> {
    vec![
        (256, 4, width),
        (257, 4, height),
        (258, 3, bits),
        (259, 3, compression),
        (262, 3, 1),
        (277, 3, 1),
        (278, 4, height),
    ]
}

/// A PDF of these objects, numbered from 1; the first is the catalogue.
pub fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(objects) {
        places.push(file.len());
        file.extend(format!("{number} 0 obj\n").into_bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let start = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).into_bytes());
    for place in places {
        file.extend(format!("{place:010} 00000 n \n").into_bytes());
    }
    let size = objects.len() + 1;
    let trailer = format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    file.extend(trailer.into_bytes());
    file
}

/// An object with data.
pub fn stream(dictionary: &str, data: &[u8]) -> Vec<u8> {
    let head = format!("<< /Length {} {dictionary} >>\nstream\n", data.len());
    [head.as_bytes(), data, b"\nendstream"].concat()
}

/// A PDF of one A4 page that draws `contents` and has further objects, from number 5 on.
pub fn pdf_page(resources: &str, contents: Vec<u8>, further: Vec<Vec<u8>>) -> Vec<u8> {
    let mut objects: Vec<Vec<u8>> = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
             /Resources << {resources} >> >>"
        )
        .into_bytes(),
        contents,
    ];
    objects.extend(further);
    pdf(&objects)
}
