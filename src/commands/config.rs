//! `kamikarte config`: what is in force, and from where.

use anyhow::Result;

use crate::{config::Loaded, exit::Outcome};

pub fn run(loaded: &Loaded) -> Result<Outcome> {
    match &loaded.file {
        Some(file) => println!("# configuration file: {}", file.display()),
        None => println!(
            "# configuration file: none (kamikarte.toml here or in {})",
            loaded.config.data_dir.display()
        ),
    }
    println!("{}", loaded.describe()?);
    Ok(Outcome::Done)
}
