//! Reads pictures of single lines with every engine, for fitting how sure they are:
//! `read_lines OUT.jsonl PICTURE…`. A line of JSON a picture: its name, and for each engine the
//! symbols with box and confidence (of the network its own figure).

use std::{
    error::Error,
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use chart::Line;
use ocr::{Engine, Network, Shape, Tesseract};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("read_lines OUT.jsonl PICTURE…")?;
    let mut out = BufWriter::new(File::create(out)?);
    let (mut network, mut tesseract) = (Network::uncalibrated()?, Tesseract::open(None)?);
    for picture in arguments {
        let name = Path::new(&picture).file_stem().ok_or("no name")?.to_string_lossy().into_owned();
        let picture = ocr::decode(&std::fs::read(&picture)?)?.into_luma8();
        let row = json!({
            "name": name,
            "network": symbols(&network.read(&picture, Shape::Line)?),
            "jpn": symbols(&tesseract.read(&picture, Shape::Line)?),
        });
        writeln!(out, "{row}")?;
    }
    Ok(())
}

fn symbols(lines: &[Line]) -> Value {
    let mean = lines.first().map_or(0.0, |line| line.confidence);
    let symbols: Vec<Value> = lines
        .iter()
        .flat_map(|line| &line.symbols)
        .map(|s| json!([s.text, s.bbox, s.confidence]))
        .collect();
    json!({ "word": mean, "symbols": symbols })
}
