//! Reads pages and writes one JSON file a page in the form that an accuracy scorer takes, with the
//! signs that each line's confidence is told by, to fit them (models/training/fit_lines.py): `read_pages OUT_DIR PAGE… [--set '{"deskew":false}']`.

use std::{error::Error, fs, path::Path, time::Instant};

use ocr::{PageReader, ReadOptions, Reader, on_network_thread};

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    on_network_thread(read)
}

fn read() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("read_pages OUT_DIR PAGE… [--set JSON]")?;
    let mut pages = Vec::new();
    let mut options = ReadOptions::default();
    while let Some(argument) = arguments.next() {
        if argument == "--set" {
            options = serde_json::from_str(&arguments.next().ok_or("--set wants JSON")?)?;
        } else {
            pages.push(argument);
        }
    }
    fs::create_dir_all(&out)?;
    let mut reader = Reader::open(options)?;
    println!("{}", reader.version());
    let mut seconds = Vec::new();
    for page in &pages {
        let encoded = fs::read(page)?;
        let picture = ocr::decode(&encoded)?;
        let (width, height) = (picture.width(), picture.height());
        let begin = Instant::now();
        let (text, signs) = reader.read_with_signs(&picture)?;
        let took = begin.elapsed().as_secs_f64();
        seconds.push(took);
        let lines: Vec<_> = text
            .lines
            .iter()
            .zip(signs)
            .map(|(line, signs)| {
                serde_json::json!({
                    "text": line.text,
                    "bbox": text.orientation.to_scanned(line.bbox, width, height),
                    "confidence": line.confidence,
                    "vertical": line.vertical,
                    "struck": line.struck,
                    "handwritten": line.handwritten,
                    "label": line.label,
                    "signs": signs,
                })
            })
            .collect();
        let stem = Path::new(page).file_stem().ok_or("page without a name")?.to_string_lossy();
        let json = serde_json::json!({ "text": text.text(), "lines": lines });
        fs::write(Path::new(&out).join(format!("{stem}.json")), json.to_string())?;
        println!("{stem} {}° {} lines {took:.2} s", text.orientation.degrees(), lines.len());
    }
    seconds.sort_by(f64::total_cmp);
    if let Some(median) = seconds.get(seconds.len() / 2) {
        println!("median {median:.2} s, total {:.1} s", seconds.iter().sum::<f64>());
    }
    Ok(())
}
