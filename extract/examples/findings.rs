//! Reads pages as text from the standard input, one JSON object a line in the form of
//! `chart::PageText`, and prints the findings of each, one JSON object a line; the time that
//! took goes to the standard error.
//!
//! `cargo run --release -p extract --example findings -- LEXICON [DICTIONARY] [--masters DATA_DIR] <
//! pages.ndjson`; with `--masters` the lexicon is compiled with what `kamikarte masters import` put
//! into that data folder.

use std::{
    error::Error,
    io,
    path::{Path, PathBuf},
    time::Instant,
};

use extract::{Extractor, Lexicon, Resources};
use lexicon::{Tables, masters::Store};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<PathBuf> = std::env::args().skip(1).map(PathBuf::from).collect();
    let masters = arguments.iter().position(|argument| argument == Path::new("--masters"));
    let masters = masters.map(|at| arguments.drain(at..).nth(1).ok_or("name the data folder"));
    let mut arguments = arguments.into_iter();
    let folder = arguments.next().ok_or("name the folder of the lexicon")?;
    let opening = Instant::now();
    let lexicon = match masters.transpose()? {
        Some(data) => {
            let (file, store) = (data.join("lexicon.tried"), Store::in_data_dir(&data));
            Lexicon::ensure(&file, Tables::Folder(&folder), &store)?
        }
        None => Lexicon::from_folder(&folder)?,
    };
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
