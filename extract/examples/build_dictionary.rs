//! Compiles the dictionary: `build_dictionary IPADIC LEXICON OUT`.

use std::{error::Error, path::PathBuf, time::Instant};

use extract::{Lexicon, dictionary};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<PathBuf> = std::env::args().skip(1).map(PathBuf::from).collect();
    let [ipadic, lexicon, out] = arguments.as_slice() else {
        return Err("name the folders: IPADIC LEXICON OUT".into());
    };
    let start = Instant::now();
    let built = dictionary::build(ipadic, &Lexicon::from_folder(lexicon)?, out)?;
    println!("{built:?} in {:?}", start.elapsed());
    Ok(())
}
