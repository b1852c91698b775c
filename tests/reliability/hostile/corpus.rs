//! The files: every family by turns, drawn by a seed.

use std::{fs, path::Path};

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};

use super::bytes::{packed, packed_zeros, pdf, pdf_page, picture, png, stream, tiff};
use crate::paper::png_chunk;

pub struct File {
    /// What is wrong with it.
    pub family: &'static str,
    /// How it is called.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Makes a file and the ending of its name.
type Draw = fn(&mut StdRng) -> (Vec<u8>, &'static str);

/// Families whose every file is another.
const DRAWN: [(&str, Draw); 6] = [
    ("truncated", truncated),
    ("bytes changed", changed),
    ("a part cut out", cut_out),
    ("two files in one", spliced),
    ("noise with the right magic", noise),
    ("large sizes declared", large),
];

/// `n` files: all that are built by hand, then those that are drawn.
pub fn generate(seed: u64, n: usize) -> Vec<File> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut files = built();
    // In a short run every family is there, and of those that are built every second one or so.
    while files.len() > n / 2 {
        files.remove(rng.random_range(0..files.len()));
    }
    for (family, draw) in DRAWN.iter().cycle() {
        if files.len() >= n {
            break;
        }
        let (bytes, ending) = draw(&mut rng);
        files.push(File { family, name: format!("drawn.{ending}"), bytes });
    }
    files
}

fn sample(rng: &mut StdRng) -> (Vec<u8>, &'static str) {
    const SAMPLES: [(&str, &str); 5] = [
        ("12-lab-print.png", "png"),
        ("10-referral-print.jpg", "jpg"),
        ("16-continuation.jpg", "jpg"),
        ("11-referral.pdf", "pdf"),
        ("18-fax.tif", "tif"),
    ];
    let (name, ending) = SAMPLES.choose(rng).copied().unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name);
    (fs::read(path).unwrap(), ending)
}

fn truncated(rng: &mut StdRng) -> (Vec<u8>, &'static str) {
    let (mut bytes, ending) = sample(rng);
    bytes.truncate(rng.random_range(1..bytes.len()));
    (bytes, ending)
}

fn changed(rng: &mut StdRng) -> (Vec<u8>, &'static str) {
    let (mut bytes, ending) = sample(rng);
    // Half of the time where the structure stands: at the beginning.
    let end = if rng.random_bool(0.5) { bytes.len().min(2000) } else { bytes.len() };
    for _ in 0..rng.random_range(1..30) {
        let at = rng.random_range(4..end);
        bytes[at] = rng.random();
    }
    (bytes, ending)
}

fn cut_out(rng: &mut StdRng) -> (Vec<u8>, &'static str) {
    let (mut bytes, ending) = sample(rng);
    let from = rng.random_range(8..bytes.len());
    let to = (from + rng.random_range(1..5000)).min(bytes.len());
    bytes.drain(from..to);
    (bytes, ending)
}

fn spliced(rng: &mut StdRng) -> (Vec<u8>, &'static str) {
    let (mut first, ending) = sample(rng);
    let (second, _) = sample(rng);
    first.truncate(rng.random_range(8..first.len()));
    first.extend(&second[rng.random_range(0..second.len())..]);
    (first, ending)
}

fn noise(rng: &mut StdRng) -> (Vec<u8>, &'static str) {
    const MAGIC: [(&[u8], &str); 6] = [
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0", "jpg"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "png"),
        (b"II*\0\x08\0\0\0", "tif"),
        (b"MM\0*\0\0\0\x08", "tif"),
        (b"%PDF-1.4\n1 0 obj\n", "pdf"),
        (b"", "dat"),
    ];
    let (magic, ending) = MAGIC.choose(rng).copied().unwrap();
    let mut bytes = magic.to_vec();
    let length = rng.random_range(0..20_000);
    bytes.extend((0..length).map(|_| rng.random::<u8>()));
    if ending == "pdf" {
        bytes.extend(b"\n%%EOF\n");
    }
    (bytes, ending)
}

/// A picture of a size that is told and not there, or that is there and too large.
fn large(rng: &mut StdRng) -> (Vec<u8>, &'static str) {
    let side =
        |rng: &mut StdRng| *[1, 7, 32_767, 32_768, 40_000, 65_535, 100_000].choose(rng).unwrap();
    let (width, height) = (side(rng), side(rng));
    let data = packed_zeros(rng.random_range(1..4_000_000));
    match rng.random_range(0..3) {
        0 => (png(width, height, &data, &[]), "png"),
        1 => {
            let compression = *[1, 2, 3, 4, 5, 7, 8, 32773, 34712, 50000].choose(rng).unwrap();
            (tiff(&picture(width, height, 8, compression), &data, 0), "tif")
        }
        _ => {
            let image = format!(
                "/Type /XObject /Subtype /Image /Width {width} /Height {height} \
                 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode"
            );
            let draw = stream("", b"q 595 0 0 842 0 0 cm /I Do Q");
            (pdf_page("/XObject << /I 5 0 R >>", draw, vec![stream(&image, &data)]), "pdf")
        }
    }
}

/// What is known to have felled decoders.
fn built() -> Vec<File> {
    let mut files = Vec::new();
    let mut add = |family, name: &str, bytes| {
        files.push(File { family, name: name.to_owned(), bytes });
    };
    sizes(&mut add);
    bombs(&mut add);
    loops(&mut add);
    long_work(&mut add);
    add("no picture", "empty.jpg", Vec::new());
    add("no picture", "page.html", b"<html><body>hello</body></html>".to_vec());
    add("no picture", "archive.zip", b"PK\x03\x04\x14\0\0\0".repeat(50));
    add("no picture", "program", b"\x7fELF\x02\x01\x01\0".repeat(50));
    files
}

type Add<'a> = &'a mut dyn FnMut(&'static str, &str, Vec<u8>);

fn sizes(add: Add<'_>) {
    let white = |width: u32, height: u32| {
        packed_zeros(u64::from(width.div_ceil(8) + 1) * u64::from(height))
    };
    for (width, height) in
        [(1, 1), (1, 32_767), (32_767, 1), (32_768, 1), (1, 32_768), (32_767, 3_600), (0, 5)]
    {
        let name = format!("{width}x{height}.png");
        add("odd sizes", &name, png(width, height, &white(width, height), &[]));
        let strip = vec![0; (width.div_ceil(8) * height) as usize];
        let name = format!("{width}x{height}.tif");
        add("odd sizes", &name, tiff(&picture(width, height, 1, 1), &strip, 0));
    }
    // 1,000,000,000 pixels, the data really there.
    add("10^9 pixels", "billion.png", png(31_623, 31_623, &white(31_623, 31_623), &[]));
    let strip = packed_zeros(31_623 * 31_623 / 8);
    add("10^9 pixels", "billion.tif", tiff(&picture(31_623, 31_623, 1, 8), &strip, 0));
    let mut sof =
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/10-referral-print.jpg"))
            .unwrap();
    let at = sof.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
    sof[at + 5..at + 9].copy_from_slice(&[0x7b, 0x87, 0x7b, 0x87]);
    add("10^9 pixels", "billion.jpg", sof);
    for filter in
        ["/CCITTFaxDecode", "/JBIG2Decode", "/LZWDecode", "/RunLengthDecode", "/JPXDecode"]
    {
        let image = format!(
            "/Type /XObject /Subtype /Image /Width 31623 /Height 31623 /ColorSpace /DeviceGray \
             /BitsPerComponent 8 /Filter {filter} /DecodeParms << /Columns 31623 /Rows 31623 /K -1 >>"
        );
        let draw = stream("", b"q 595 0 0 842 0 0 cm /I Do Q");
        let file = pdf_page("/XObject << /I 5 0 R >>", draw, vec![stream(&image, &[0x55; 5000])]);
        add("10^9 pixels", &format!("billion-{}.pdf", &filter[1..]), file);
    }
}

fn bombs(add: Add<'_>) {
    let gigabyte = packed_zeros(1 << 30);
    add("bombs", "strip.tif", tiff(&picture(1000, 1000, 8, 8), &gigabyte, 0));
    add("bombs", "data.png", png(1000, 1000, &gigabyte, &[]));
    let profile = [&b"icc\0\0"[..], &gigabyte].concat();
    let text = [&b"Comment\0\0"[..], &gigabyte].concat();
    let pixel = packed(&[0, 0]);
    add("bombs", "profile.png", png(1, 1, &pixel, &png_chunk(*b"iCCP", &profile)));
    add("bombs", "text.png", png(1, 1, &pixel, &png_chunk(*b"zTXt", &text)));
    let content = stream("/Filter /FlateDecode", &gigabyte);
    add("bombs", "content.pdf", pdf_page("", content, vec![]));
    let twice = packed(&gigabyte);
    let content = stream("/Filter [/FlateDecode /FlateDecode]", &twice);
    add("bombs", "twice.pdf", pdf_page("", content, vec![]));
    let thrice = packed(&twice);
    let filters = "/Filter [/FlateDecode /FlateDecode /FlateDecode]";
    add("bombs", "thrice.pdf", pdf_page("", stream(filters, &thrice), vec![]));
    // LZW that says one long run, again and again.
    let lzw: Vec<u8> = lzw_run(2_000_000);
    add("bombs", "lzw-content.pdf", pdf_page("", stream("/Filter /LZWDecode", &lzw), vec![]));
    add("bombs", "lzw.tif", tiff(&picture(10_000, 10_000, 8, 5), &lzw, 0));
    let hex = stream("/Filter [/LZWDecode /LZWDecode]", &lzw_run(300_000));
    add("bombs", "lzw-twice.pdf", pdf_page("", hex, vec![]));
    let image = "/Type /XObject /Subtype /Image /Width 9000 /Height 9000 /ColorSpace /DeviceRGB \
                 /BitsPerComponent 16 /Filter /LZWDecode";
    let draw = stream("", &b"q 595 0 0 842 0 0 cm /I Do Q ".repeat(40));
    add(
        "bombs",
        "many-times-one-picture.pdf",
        pdf_page("/XObject << /I 5 0 R >>", draw, vec![stream(image, &lzw)]),
    );
}

/// Codes of 12 bits, each a longer run of zeros than the one before: about `codes` / 2 × 4,000
/// bytes come out of 1.5 bytes a code.
fn lzw_run(codes: usize) -> Vec<u8> {
    let (mut bits, mut n_bits, mut out) = (0_u64, 0_u32, Vec::new());
    let mut put = |code: u64, width: u32, out: &mut Vec<u8>| {
        bits = bits << width | code;
        n_bits += width;
        while n_bits >= 8 {
            n_bits -= 8;
            out.push((bits >> n_bits) as u8);
            bits &= (1 << n_bits) - 1;
        }
    };
    put(256, 9, &mut out);
    put(0, 9, &mut out);
    let mut next = 258_u64;
    for _ in 0..codes {
        let width = match next {
            ..=510 => 9,
            511..=1022 => 10,
            1023..=2046 => 11,
            _ => 12,
        };
        if next < 4094 {
            put(next, width, &mut out);
            next += 1;
        } else {
            put(4093, 12, &mut out);
        }
    }
    put(257, 12, &mut out);
    out.push(0);
    out
}

fn loops(add: Add<'_>) {
    let form = |inside: &str| {
        stream(
            "/Type /XObject /Subtype /Form /BBox [0 0 595 842] \
             /Resources << /XObject << /F 5 0 R /G 6 0 R >> >>",
            inside.as_bytes(),
        )
    };
    let draw = || stream("", b"/F Do");
    let resources = "/XObject << /F 5 0 R /G 6 0 R >>";
    add(
        "recursive PDF",
        "form-in-itself.pdf",
        pdf_page(resources, draw(), vec![form("/F Do"), form("")]),
    );
    add(
        "recursive PDF",
        "form-in-itself-twice.pdf",
        pdf_page(resources, draw(), vec![form("/F Do /F Do"), form("")]),
    );
    add(
        "recursive PDF",
        "two-forms.pdf",
        pdf_page(resources, draw(), vec![form("/G Do /G Do"), form("/F Do /F Do")]),
    );
    // Twenty-five layers, each drawing the next one twice: 33 million drawings of nothing.
    let layers = (0..25).map(|layer| {
        stream(
            &format!(
                "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F {} 0 R >> >>",
                layer + 6
            ),
            b"/F Do /F Do",
        )
    });
    let mut layers: Vec<Vec<u8>> = layers.collect();
    layers.push(stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", b"0 0 5 5 re f"));
    add("recursive PDF", "doubling-forms.pdf", pdf_page("/XObject << /F 5 0 R >>", draw(), layers));
    let pattern = stream(
        "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 0.01 \
         /YStep 0.01 /Resources << /Pattern << /P 5 0 R >> >>",
        b"/Pattern cs /P scn 0 0 1 1 re f",
    );
    let paint = stream("", b"/Pattern cs /P scn 0 0 595 842 re f");
    add(
        "recursive PDF",
        "pattern-in-itself.pdf",
        pdf_page("/Pattern << /P 5 0 R >>", paint, vec![pattern]),
    );
    let catalogue = || b"<< /Type /Catalog /Pages 2 0 R >>".to_vec();
    let kids = |text: &str| text.as_bytes().to_vec();
    add(
        "recursive PDF",
        "tree-in-itself.pdf",
        pdf(&[catalogue(), kids("<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>")]),
    );
    add(
        "recursive PDF",
        "count.pdf",
        pdf(&[catalogue(), kids("<< /Type /Pages /Kids [] /Count 2000000000 >>")]),
    );
    let mut previous = pdf_page("", stream("", b""), vec![]);
    let at = previous.windows(4).rposition(|window| window == b"xref").unwrap();
    let start = previous.windows(5).position(|window| window == b"xref\n").unwrap_or(at);
    let text = String::from_utf8_lossy(&previous).replace("/Root", &format!("/Prev {start} /Root"));
    previous = text.into_bytes();
    add("recursive PDF", "previous-is-itself.pdf", previous);
    let deep = [b"[".repeat(200_000), b"]".repeat(200_000)].concat();
    add("recursive PDF", "deep-array.pdf", pdf_page("", stream("", b"/X Do"), vec![deep.clone()]));
    add("recursive PDF", "deep-content.pdf", pdf_page("", stream("", &deep), vec![]));
    let deep = [b"<< /A ".repeat(100_000), b" >>".repeat(100_000)].concat();
    add(
        "recursive PDF",
        "deep-dictionary.pdf",
        pdf_page("/XObject 5 0 R", stream("", b""), vec![deep]),
    );
    add(
        "recursive PDF",
        "length-is-itself.pdf",
        pdf_page("", b"<< /Length 4 0 R >>\nstream\n0 0 5 5 re f\nendstream".to_vec(), vec![]),
    );
    let mut entries = picture(8, 8, 8, 1);
    entries.push((330, 4, 8 + 64));
    add("TIFF loops", "itself.tif", tiff(&picture(8, 8, 8, 1), &[0; 64], 8 + 64));
    add("TIFF loops", "sub-directory.tif", tiff(&entries, &[0; 64], 0));
    add("TIFF loops", "far.tif", tiff(&picture(8, 8, 8, 1), &[0; 64], u32::MAX - 1));
}

fn long_work(add: Add<'_>) {
    let content = |text: String| stream("/Filter /FlateDecode", &packed(text.as_bytes()));
    let many = |what: &str, n: usize| what.repeat(n);
    add("long work", "states.pdf", pdf_page("", content(many("q ", 3_000_000)), vec![]));
    add(
        "long work",
        "paths.pdf",
        pdf_page("", content(many("0 0 m 595 842 l 9 800 300 1 590 40 c S\n", 400_000)), vec![]),
    );
    add(
        "long work",
        "one-path.pdf",
        pdf_page("", content(many("0 0 m 595 842 l 0 842 l 595 0 l ", 300_000) + "f*"), vec![]),
    );
    add(
        "long work",
        "dashes.pdf",
        pdf_page(
            "",
            content("[0.00001] 0 d 0.001 w ".to_owned() + &many("0 0 m 595 842 l S ", 2000)),
            vec![],
        ),
    );
    let shading = b"<< /ShadingType 1 /ColorSpace /DeviceRGB /Domain [0 1e9 0 1e9] \
        /Function << /FunctionType 4 /Domain [0 1e9 0 1e9] /Range [0 1 0 1 0 1] /Length 5 >> >>";
    add(
        "long work",
        "shading.pdf",
        pdf_page("/Shading << /S 5 0 R >>", content(many("/S sh ", 5000)), vec![shading.to_vec()]),
    );
    let tile = stream(
        "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 0.0001 \
         /YStep 0.0001 /Resources << >>",
        b"0 0 1 1 re f",
    );
    add(
        "long work",
        "tiles.pdf",
        pdf_page(
            "/Pattern << /P 5 0 R >>",
            content("/Pattern cs /P scn 0 0 595 842 re f".into()),
            vec![tile],
        ),
    );
    let poster =
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1e9 1e9] /Contents 4 0 R >>".to_vec();
    add(
        "long work",
        "poster.pdf",
        pdf(&[
            b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
            poster,
            stream("", b"0 0 5 5 re f"),
        ]),
    );
    let pages = 20_000;
    let kids: Vec<String> = (4..pages + 4).map(|page| format!("{page} 0 R")).collect();
    let kids = kids.join(" ");
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!("<< /Type /Pages /Kids [{kids}] /Count {pages} >>").into_bytes(),
        stream("", b""),
    ];
    let page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 3 0 R >>".to_vec();
    objects.extend(std::iter::repeat_n(page, pages));
    add("long work", "pages.pdf", pdf(&objects));
}
