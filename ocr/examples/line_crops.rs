//! Cuts the lines out of drawn pages with their truth (samples/generate/practice) as the network is
//! shown them, for models/training/train.py: `line_crops OUT FOLDER…`. Beside the pictures `truth.tsv`
//! says what is written in each. Left out are pages that do not stand upright, and lines that do not
//! hold whole lines of the truth and nothing else.

mod truth;

use std::{error::Error, fs, io::Write, path::Path};

use chart::Rect;
use ocr::{Crop, ReadOptions, ReadyPage};
use serde_json::Value;
use truth::{around, shared};

/// The share of a line of the truth that lies in a crop which holds it.
const HELD: f64 = 0.6;
/// The share of one that the crop is not of.
const NOT_HELD: f64 = 0.2;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("line_crops OUT FOLDER…")?;
    fs::create_dir_all(&out)?;
    let mut list = fs::File::create(Path::new(&out).join("truth.tsv"))?;
    let mut count = 0;
    for folder in arguments {
        for file in &truth::pictures(&folder)? {
            let truth = truth::of(file)?;
            if truth["orientation"] != 0 {
                continue;
            }
            let page = ocr::decode(&fs::read(file)?)?;
            let ready = ReadyPage::prepare(&page, &ReadOptions::default());
            let lines: Vec<(Rect, &Value)> = truth["lines"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|line| (around(&line["polygon"]), line))
                .collect();
            let sheet = ready.sheet();
            for line in ready.lines.iter().filter(|line| !line.vertical) {
                let at = ready.back.rect(line.bbox, page.width(), page.height());
                let Some(text) = written_in(at, &lines) else { continue };
                let name = format!("{count:06}");
                Crop::of(&sheet, line)
                    .picture
                    .save(Path::new(&out).join(&name).with_extension("png"))?;
                writeln!(list, "{name}\t{text}")?;
                count += 1;
            }
        }
    }
    println!("{count} lines in {out}");
    Ok(())
}

/// What is written in a place: `None` if it holds no whole line, or a piece of one.
fn written_in(at: Rect, lines: &[(Rect, &Value)]) -> Option<String> {
    let mut held = Vec::new();
    for (bbox, line) in lines {
        let share = shared(at, *bbox);
        if share < NOT_HELD {
            continue;
        }
        let is_writing = line["kind"] == "label" || line["kind"] == "entry";
        if share < HELD || !is_writing || line["vertical"] == true {
            return None;
        }
        held.push((bbox, line["text"].as_str()?));
    }
    held.sort_by_key(|(bbox, _)| bbox.x0);
    let whole = Rect::around(held.iter().map(|(bbox, _)| **bbox))?;
    // No character more or less at the ends, and one row.
    let em = at.height();
    let near = |one: u32, other: u32| one.abs_diff(other) * 3 < em * 2;
    let row = held.iter().all(|(bbox, _)| bbox.height() * 2 > em && bbox.height() < em * 2);
    let texts: Vec<&str> = held.into_iter().map(|(_, text)| text).collect();
    (near(whole.x0, at.x0) && near(whole.x1, at.x1) && row)
        .then(|| texts.join(" ").replace(['\t', '\n'], " "))
}
