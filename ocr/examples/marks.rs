//! How strike-outs and rings are told on pages with their truth (samples/generate/marks):
//! `marks FOLDER [NAME…]`. Clean-up and layout alone; nothing is recognised.

mod truth;

use std::{collections::BTreeMap, error::Error, fs, path::Path, time::Instant};

use chart::Rect;
use ocr::{ReadOptions, ReadyPage};
use serde_json::Value;
use truth::{around, shared};

/// Right, missed and false, by kind.
#[derive(Default)]
struct Tally(BTreeMap<String, [u32; 3]>);

const RIGHT: usize = 0;
const MISSED: usize = 1;
const FALSE: usize = 2;

impl Tally {
    fn note(&mut self, kind: &str, what: usize) {
        self.0.entry(kind.to_owned()).or_default()[what] += 1;
    }

    fn print(&self, title: &str) {
        println!("{title:34} right missed  false  recall precision");
        let sum = self.0.values().fold([0; 3], |sum, n| [0, 1, 2].map(|i| sum[i] + n[i]));
        for (kind, n) in self.0.iter().map(|(k, n)| (k.as_str(), *n)).chain([("all", sum)]) {
            let [right, missed, wrong] = n.map(f64::from);
            println!(
                "  {kind:32} {right:5} {missed:6} {wrong:6}  {:6.3} {:9.3}",
                right / (right + missed).max(1.0),
                right / (right + wrong).max(1.0)
            );
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("marks FOLDER [NAME…]")?;
    let names: Vec<String> = arguments.collect();
    let mut files = truth::pictures(&folder)?;
    files.retain(|path| {
        names.is_empty() || names.iter().any(|n| path.to_string_lossy().contains(n))
    });
    let (mut strikes, mut rings) = (Tally::default(), Tally::default());
    let mut seconds = Vec::new();
    for file in &files {
        let truth = truth::of(file)?;
        let page = ocr::decode(&fs::read(file)?)?;
        let begin = Instant::now();
        let ready = ReadyPage::prepare(&page, &ReadOptions::default());
        seconds.push(begin.elapsed().as_secs_f64());
        let place = |rect: Rect| ready.back.rect(rect, page.width(), page.height());
        let sort = file.file_name().unwrap_or_default().to_string_lossy();
        let sort = sort.split('-').next().unwrap_or_default();
        let age = format!("{sort}, {}", truth["age"].as_str().unwrap_or(""));
        judge_strikes(&ready, &place, &truth, &age, file, &mut strikes);
        judge_rings(&ready, &place, &truth, &age, file, &mut rings);
    }
    strikes.print("struck lines");
    rings.print("ringed choices");
    seconds.sort_by(f64::total_cmp);
    println!("median {:.2} s a page", seconds.get(seconds.len() / 2).copied().unwrap_or(0.0));
    Ok(())
}

fn judge_strikes(
    ready: &ReadyPage,
    place: &dyn Fn(Rect) -> Rect,
    truth: &Value,
    age: &str,
    file: &Path,
    tally: &mut Tally,
) {
    let found: Vec<(Rect, bool)> =
        ready.lines.iter().map(|line| (place(line.bbox), line.struck)).collect();
    for line in truth["lines"].as_array().into_iter().flatten() {
        let bbox = around(&line["polygon"]);
        let told = found.iter().any(|(at, struck)| *struck && shared(*at, bbox) > 0.5);
        let down = if line["vertical"] == true { "column, " } else { "" };
        let kind = line["strike"].as_str().map(|kind| format!("{down}{kind}"));
        match (kind.as_deref(), told) {
            (Some(kind), true) => {
                tally.note(kind, RIGHT);
                tally.note(age, RIGHT);
            }
            (Some(kind), false) => {
                let there: Vec<&Rect> = found
                    .iter()
                    .map(|(at, _)| at)
                    .filter(|at| at.intersection(bbox).is_some())
                    .collect();
                println!("{} missed {kind} {} {bbox:?} {there:?}", file.display(), line["text"]);
                tally.note(kind, MISSED);
                tally.note(age, MISSED);
            }
            (None, true) => {
                println!("{} false {} {bbox:?}", file.display(), line["text"]);
                tally.note(&format!("{down}none"), FALSE);
                tally.note(age, FALSE);
            }
            (None, false) => {}
        }
    }
}

fn judge_rings(
    ready: &ReadyPage,
    place: &dyn Fn(Rect) -> Rect,
    truth: &Value,
    age: &str,
    file: &Path,
    tally: &mut Tally,
) {
    // Words are small and rings are found on the straight page: their middles are compared.
    let rings: Vec<Rect> = ready.rings.iter().map(|ring| place(ring.place)).collect();
    for row in truth["choices"].as_array().into_iter().flatten() {
        let words: Vec<Rect> = row["words"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|word| around(&word["polygon"]))
            .collect();
        let ringed: Vec<usize> = (0..words.len())
            .filter(|&at| {
                let word = words[at];
                let middle = Rect::new(
                    (word.x0 * 3 + word.x1) / 4,
                    u32::midpoint(word.y0, word.y1),
                    (word.x0 + word.x1 * 3) / 4 + 1,
                    u32::midpoint(word.y0, word.y1) + 1,
                );
                rings.iter().any(|ring| shared(*ring, middle) > 0.99)
            })
            .collect();
        let chosen: Vec<usize> = row["chosen"].as_u64().map(|at| at as usize).into_iter().collect();
        let what = match (chosen.is_empty(), ringed == chosen) {
            (true, true) => continue,
            (false, true) => RIGHT,
            (false, false) => MISSED,
            (true, false) => FALSE,
        };
        if what != RIGHT {
            println!("{} ring: {chosen:?} as {ringed:?} {:?}", file.display(), words.first());
        }
        let kind = row["words"][0]["text"].as_str().unwrap_or("");
        tally.note(kind, what);
        tally.note(age, what);
    }
}
