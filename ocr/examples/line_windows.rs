//! Writes what the network of strike-outs is shown of pages with their truth
//! (samples/generate/marks, practice), for models/training/strikes.py: `line_windows OUT FOLDER…`.
//! Beside the pictures `windows.jsonl` says which of them are struck out.

mod truth;

use std::{error::Error, fs, io::Write, path::Path};

use chart::Rect;
use ocr::{
    ReadOptions, ReadyPage,
    layout::{Place, StrikeWindow},
};
use serde_json::{Value, json};
use truth::{around, shared};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("line_windows OUT FOLDER…")?;
    fs::create_dir_all(&out)?;
    let mut list = fs::File::create(Path::new(&out).join("windows.jsonl"))?;
    let mut count = 0;
    for folder in arguments {
        for file in &truth::pictures(&folder)? {
            let truth = truth::of(file)?;
            let page = ocr::decode(&fs::read(file)?)?;
            let ready = ReadyPage::prepare(&page, &ReadOptions::default());
            let lines: Vec<(Rect, &Value)> = truth["lines"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|line| (around(&line["polygon"]), line))
                .collect();
            let places = ready.lines.iter().map(|line| Place::of(line, ready.em));
            for place in places.chain(ready.struck_columns()) {
                let at = ready.back.rect(place.bbox, page.width(), page.height());
                let Some(window) = StrikeWindow::of(&ready.drawn, place) else { continue };
                let share = |of: &dyn Fn(&Value) -> bool| {
                    lines
                        .iter()
                        .filter(|(_, line)| of(line))
                        .map(|(bbox, _)| shared(*bbox, at))
                        .fold(0.0, f64::max)
                };
                let struck = share(&|line| line["kind"] == "struck");
                let whole = share(&|line| line["kind"] != "struck");
                let kinds: Vec<&str> = lines
                    .iter()
                    .filter(|(bbox, line)| line["kind"] == "struck" && shared(*bbox, at) > 0.3)
                    .map(|(_, line)| line["strike"].as_str().unwrap_or("struck"))
                    .collect();
                let name = format!("{count:06}.png");
                window.picture.save(Path::new(&out).join(&name))?;
                let note = json!({
                    "picture": name, "struck": struck, "other": whole, "kinds": kinds,
                    "vertical": place.vertical,
                    "page": file.file_name().map(|name| name.to_string_lossy().into_owned()),
                    "bbox": place.bbox,
                });
                writeln!(list, "{note}")?;
                count += 1;
            }
        }
    }
    println!("{count} lines in {out}");
    Ok(())
}
