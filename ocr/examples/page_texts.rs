//! Reads pages and prints their `chart::PageText`, one JSON object a line, for trying out
//! understanding without reading again: `page_texts PAGE… > pages.ndjson`.

use std::{error::Error, fs};

use ocr::{PageReader, ReadOptions, Reader, on_network_thread};

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    on_network_thread(read)
}

fn read() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut reader = Reader::open(ReadOptions::default())?;
    for page in std::env::args().skip(1) {
        let text = reader.read(&fs::read(&page)?)?;
        println!("{}", serde_json::to_string(&text)?);
    }
    Ok(())
}
