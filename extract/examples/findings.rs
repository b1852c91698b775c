//! Reads pages as text from the standard input, one JSON object a line in the form of
//! `chart::PageText`, and prints the findings of each, one JSON object a line; the time that
//! took goes to the standard error.
//!
//! `cargo run --release -p extract --example findings -- LEXICON [DICTIONARY] < pages.ndjson`

use std::{error::Error, io, path::PathBuf, time::Instant};

use extract::{Extractor, Lexicon, Resources};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).map(PathBuf::from);
    let lexicon = arguments.next().ok_or("name the folder of the lexicon")?;
    let opening = Instant::now();
    let lexicon = Lexicon::from_folder(&lexicon)?;
    let extractor = match arguments.next() {
        Some(dictionary) => Extractor::open(Resources { dictionary, lexicon })?,
        None => Extractor::from_lexicon(lexicon),
    };
    eprintln!("opened in {:?}", opening.elapsed());
    let pages: Vec<chart::PageText> = io::stdin()
        .lines()
        .map(|line| Ok(serde_json::from_str(&line?)?))
        .collect::<Result<_, Box<dyn Error>>>()?;
    let reading = Instant::now();
    let findings: Vec<_> = pages.iter().map(|page| extractor.findings(page)).collect();
    let elapsed = reading.elapsed();
    eprintln!("{} pages in {elapsed:?}", pages.len());
    for findings in findings {
        println!("{}", serde_json::to_string(&findings)?);
    }
    Ok(())
}
