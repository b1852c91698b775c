//! The invariants of docs/architecture.md that can be read off the source tree.

use std::{
    fs,
    path::{Path, PathBuf},
};

const CRATES: [&str; 9] =
    ["chart", "exchange", "extract", "ingest", "lexicon", "ocr", "queue", "records", "review-ui"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn dependencies(krate: &str) -> Vec<String> {
    let manifest = fs::read_to_string(root().join(krate).join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
    dependencies.map(|table| table.keys().cloned().collect()).unwrap_or_default()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

fn uses(krate: &str, dependency: &str) -> bool {
    dependencies(krate).iter().any(|name| name == dependency)
}

#[test]
fn arrows_point_one_way() {
    let house: &[(&str, &[&str])] = &[
        ("chart", &[]),
        ("ocr", &["chart"]),
        ("lexicon", &["chart"]),
        ("extract", &["chart", "lexicon"]),
        ("exchange", &["chart"]),
        ("records", &["chart"]),
        ("queue", &["chart", "records"]),
        ("ingest", &["chart", "records"]),
        ("review-ui", &["chart", "records", "ingest", "lexicon"]),
    ];
    for (krate, allowed) in house {
        for dependency in dependencies(krate) {
            if CRATES.contains(&dependency.as_str()) {
                assert!(
                    allowed.contains(&dependency.as_str()),
                    "{krate} must not know {dependency}"
                );
            }
        }
    }
}

#[test]
fn only_records_speaks_sql() {
    for krate in CRATES.into_iter().filter(|krate| *krate != "records") {
        assert!(!uses(krate, "sqlx"), "{krate} must not depend on sqlx");
    }
}

#[test]
fn reading_and_understanding_know_no_queue_and_no_network() {
    for krate in ["chart", "extract", "lexicon"] {
        for forbidden in ["tokio", "lapin", "sqlx", "axum"] {
            assert!(!uses(krate, forbidden), "{krate} must not depend on {forbidden}");
        }
    }
    for forbidden in ["lapin", "sqlx", "axum"] {
        assert!(!uses("ocr", forbidden), "ocr must not depend on {forbidden}");
    }
}

#[test]
fn only_the_root_reads_the_environment() {
    for krate in CRATES {
        for source in sources(&root().join(krate).join("src")) {
            let text = fs::read_to_string(&source).unwrap();
            for read in ["env::var(", "env::var_os(", "env::vars(", "env::vars_os("] {
                assert!(!text.contains(read), "{} reads the environment", source.display());
            }
        }
    }
}
