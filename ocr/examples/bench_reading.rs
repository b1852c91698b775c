//! Reads pages with this reader and with `tesseract -l jpn --psm 3`, alternately in one run:
//! `bench_reading OUT_DIR PAGE…`. Prints processor seconds a page of both, the median of their
//! ratios, where this reader's time goes and how much memory it took; writes what both read to
//! OUT_DIR/kamikarte and OUT_DIR/tesseract, a JSON file a page, for an accuracy scorer.
//! scripts/bench-reading runs it and the scorer.

use std::{
    collections::BTreeMap,
    error::Error,
    fs, io,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use cpu_time::ThreadTime;
use ocr::{PageReader, ReadOptions, Reader, ReadyPage, on_network_thread};
use serde_json::json;

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    on_network_thread(bench)
}

fn bench() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("bench_reading OUT_DIR PAGE…")?;
    let pages: Vec<String> = arguments.collect();
    let (ours, theirs) = (Path::new(&out).join("kamikarte"), Path::new(&out).join("tesseract"));
    fs::create_dir_all(&ours)?;
    fs::create_dir_all(&theirs)?;
    let mut reader = Reader::open(ReadOptions::default())?;
    println!("{}", reader.version());
    let mut ratios = Vec::new();
    let mut steps: BTreeMap<usize, (&'static str, Vec<Duration>)> = BTreeMap::new();
    for page in &pages {
        let stem = Path::new(page).file_stem().ok_or("page without a name")?.to_string_lossy();
        let encoded = fs::read(page)?;
        let before = processor_seconds()?;
        let text = reader.read(&encoded)?;
        let own = processor_seconds()?.own - before.own;
        let picture = ocr::decode(&encoded)?;
        let lines: Vec<_> = text
            .lines
            .iter()
            .map(|line| {
                let bbox =
                    text.orientation.to_scanned(line.bbox, picture.width(), picture.height());
                json!({ "text": line.text, "bbox": bbox, "confidence": line.confidence,
                        "struck": line.struck })
            })
            .collect();
        let read = json!({ "text": text.text(), "lines": lines });
        fs::write(ours.join(format!("{stem}.json")), read.to_string())?;
        let before = processor_seconds()?;
        let read = tesseract(page)?;
        let child = processor_seconds()?.children - before.children;
        fs::write(theirs.join(format!("{stem}.json")), json!({ "text": read }).to_string())?;
        ratios.push(child / own.max(0.01));
        println!("{stem:24} kamikarte {own:5.2} s  tesseract {child:5.2} s  {:.2}", child / own);
        profile(&picture, &mut steps);
    }
    let ratio = median(&mut ratios).unwrap_or_default();
    println!("kamikarte reads {ratio:.2} times as many pages a second as tesseract (median)");
    println!("clean-up and layout, median milliseconds a page:");
    for (name, times) in steps.into_values() {
        let mut times: Vec<f64> = times.iter().map(Duration::as_secs_f64).collect();
        println!("  {name:20} {:6.1}", median(&mut times).unwrap_or_default() * 1000.0);
    }
    println!("most memory: {}", most_memory()?);
    Ok(())
}

/// Times each step of clean-up and layout.
fn profile(
    picture: &image::DynamicImage,
    steps: &mut BTreeMap<usize, (&'static str, Vec<Duration>)>,
) {
    let begin = ThreadTime::now();
    let (mut last, mut number) = (begin, 0);
    ReadyPage::prepare_noting(picture, &ReadOptions::default(), &mut |name| {
        steps.entry(number).or_insert_with(|| (name, Vec::new())).1.push(last.elapsed());
        last = ThreadTime::now();
        number += 1;
    });
    steps.entry(usize::MAX).or_insert(("all of it", Vec::new())).1.push(begin.elapsed());
}

fn tesseract(page: &str) -> io::Result<String> {
    let output = Command::new("tesseract")
        .args([page, "stdout", "-l", "jpn", "--psm", "3"])
        .env("OMP_THREAD_LIMIT", "1")
        .stderr(Stdio::null())
        .output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

struct Processor {
    own: f64,
    children: f64,
}

/// Processor time of this process and of the children that ended, from the kernel: other
/// programs on the machine do not count.
fn processor_seconds() -> io::Result<Processor> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name in parentheses may hold spaces.
    let fields: Vec<f64> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .map(|field| field.parse().unwrap_or_default())
        .collect();
    let ticks = |at: usize| fields.get(at).copied().unwrap_or_default();
    // Hundredths of a second on every Linux that Rust runs on.
    Ok(Processor {
        own: (ticks(11) + ticks(12)) / 100.0,
        children: (ticks(13) + ticks(14)) / 100.0,
    })
}

fn most_memory() -> io::Result<String> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    Ok(line.trim_start_matches("VmHWM:").trim().to_owned())
}

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
