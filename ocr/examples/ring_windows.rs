//! Writes what the network of rings is shown of pages with their truth (samples/generate/marks,
//! practice), for models/training/rings.py: `ring_windows OUT FOLDER…`. Beside the pictures
//! `windows.jsonl` says how well each fits a ring that was drawn there.

mod truth;

use std::{error::Error, fs, io::Write, path::Path};

use chart::Rect;
use ocr::{ReadOptions, ReadyPage, layout::RingWindow};
use serde_json::json;
use truth::{around, shared};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("ring_windows OUT FOLDER…")?;
    fs::create_dir_all(&out)?;
    let mut list = fs::File::create(Path::new(&out).join("windows.jsonl"))?;
    let (mut count, mut drawn, mut met) = (0, 0, 0);
    for folder in arguments {
        for file in &truth::pictures(&folder)? {
            let truth = truth::of(file)?;
            // Only pages that stand upright are made ready.
            if truth["orientation"].as_i64().unwrap_or(0) != 0 {
                continue;
            }
            let page = ocr::decode(&fs::read(file)?)?;
            let ready = ReadyPage::prepare(&page, &ReadOptions::default());
            let rings: Vec<Rect> =
                truth["rings"].as_array().into_iter().flatten().map(around).collect();
            let mut best = vec![0.0; rings.len()];
            for place in &ready.ring_places {
                let at = ready.back.rect(*place, page.width(), page.height());
                let mut fits = 0.0;
                for (ring, best) in rings.iter().zip(&mut best) {
                    let both = shared(*ring, at).min(shared(at, *ring));
                    fits = f64::max(fits, both);
                    *best = f64::max(*best, both);
                }
                let name = format!("{count:06}.png");
                RingWindow::of(&ready.drawn, *place).picture.save(Path::new(&out).join(&name))?;
                let note = json!({
                    "picture": name, "fits": fits, "bbox": place, "high": place.height(),
                    "em": ready.em,
                    "page": file.file_name().map(|name| name.to_string_lossy().into_owned()),
                });
                writeln!(list, "{note}")?;
                count += 1;
            }
            drawn += rings.len();
            met += best.iter().filter(|best| **best > 0.6).count();
            for (ring, best) in rings.iter().zip(&best).filter(|(_, best)| **best <= 0.6) {
                println!("{} not looked for: {ring:?} {best:.2}", file.display());
            }
        }
    }
    println!("{count} places in {out}; {met} of {drawn} rings are among them");
    Ok(())
}
