//! Reads pictures of single lines with the network, for fitting how sure it is of its symbols:
//! `read_lines OUT.jsonl PICTURE…`. A line of JSON a picture: its name, the network's own figure of
//! the line, and its symbols with their own figures.

use std::{
    error::Error,
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use ocr::{Engine, Network, Shape};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("read_lines OUT.jsonl PICTURE…")?;
    let mut out = BufWriter::new(File::create(out)?);
    let mut network = Network::uncalibrated()?;
    for picture in arguments {
        let name = Path::new(&picture).file_stem().ok_or("no name")?.to_string_lossy().into_owned();
        let picture = ocr::decode(&std::fs::read(&picture)?)?.into_luma8();
        let read = network.read(&picture, Shape::Line)?;
        let word = read.first().map_or(0.0, |read| read.line.confidence);
        let symbols: Vec<Value> = read
            .iter()
            .flat_map(|read| &read.line.symbols)
            .map(|symbol| json!([symbol.text, symbol.confidence]))
            .collect();
        writeln!(out, "{}", json!({ "name": name, "word": word, "symbols": symbols }))?;
    }
    Ok(())
}
