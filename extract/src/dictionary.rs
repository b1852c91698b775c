//! The tokeniser's dictionary: ipadic and the lexicon's names, compiled once at set-up.
//!
//! In: the folder of ipadic's sources as Debian's package mecab-ipadic installs it (CSV and .def
//! files in EUC-JP), and the lexicon. Out: a folder that [`crate::Extractor::open`] maps into
//! memory. It is built beside its place and moved there whole, and built again only if the
//! sources, the lexicon or the format have changed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use lindera::{
    dictionary::{
        DictionaryBuilder, Metadata, Schema, load_fs_dictionary, load_user_dictionary_from_bin,
    },
    mode::Mode,
    segmenter::Segmenter,
};
use sha2::{Digest, Sha256};

use crate::{error::ExtractError, lexicon::Lexicon, normalise::Text, words::Words};

/// Raised when what is built changes though the sources do not.
const FORMAT: &str = "1";

/// Name of the file that tells what a dictionary was built from.
const STAMP: &str = "built-from";

/// Name of the lexicon's part.
const USER_DICTIONARY: &str = "lexicon.bin";

/// What [`build`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Built {
    /// It was compiled.
    Compiled,
    /// It was there already, from the same sources.
    Current,
}

/// Compiles the dictionary into `out`, unless it is there already from the same sources.
pub fn build(ipadic: &Path, lexicon: &Lexicon, out: &Path) -> Result<Built, ExtractError> {
    let stamp = stamp(ipadic, lexicon)?;
    if is_current(out, &stamp) {
        return Ok(Built::Current);
    }
    let name = out.file_name().map_or_else(|| "dictionary".into(), |name| name.to_string_lossy());
    let aside = out.with_file_name(format!(".{name}.{}", std::process::id()));
    remove(&aside)?;
    let written = |path: &Path| {
        let path = path.to_owned();
        move |source| ExtractError::Write { path, source }
    };
    fs::create_dir_all(&aside).map_err(written(&aside))?;
    let result = compile(ipadic, lexicon, &aside)
        .and_then(|()| fs::write(aside.join(STAMP), &stamp).map_err(written(&aside)))
        .and_then(|()| remove(out))
        .and_then(|()| fs::rename(&aside, out).map_err(written(out)));
    if result.is_err() {
        // What is left of a failed build only takes room; the error to tell is the first one.
        let _ = fs::remove_dir_all(&aside);
    }
    result.map(|()| Built::Compiled)
}

/// Opens a compiled dictionary.
pub(crate) fn open(folder: &Path) -> Result<Words, ExtractError> {
    let failed = |reason: String| ExtractError::Dictionary { path: folder.to_owned(), reason };
    if !folder.join(STAMP).is_file() {
        return Err(failed("it is not there or not complete".into()));
    }
    let dictionary = load_fs_dictionary(folder).map_err(|error| failed(error.to_string()))?;
    let user = load_user_dictionary_from_bin(&folder.join(USER_DICTIONARY))
        .map_err(|error| failed(error.to_string()))?;
    Ok(Words::by(Segmenter::new(Mode::Normal, dictionary, Some(user))))
}

fn compile(ipadic: &Path, lexicon: &Lexicon, folder: &Path) -> Result<(), ExtractError> {
    let failed = |error: lindera::error::LinderaError| ExtractError::Compile(error.to_string());
    let builder = DictionaryBuilder::new(metadata());
    builder.build_dictionary(ipadic, folder).map_err(failed)?;
    let names = folder.join("lexicon.csv");
    fs::write(&names, user_rows(lexicon))
        .map_err(|source| ExtractError::Write { path: names.clone(), source })?;
    builder.build_user_dictionary(&names, &folder.join(USER_DICTIONARY)).map_err(failed)?;
    fs::remove_file(&names).map_err(|source| ExtractError::Write { path: names, source })
}

/// Debian's ipadic.
fn metadata() -> Metadata {
    let fields =
        |names: &[&str]| Schema::new(names.iter().map(|name| (*name).to_owned()).collect());
    let dictionary = fields(&[
        "surface",
        "left_context_id",
        "right_context_id",
        "cost",
        "part_of_speech",
        "part_of_speech_subcategory_1",
        "part_of_speech_subcategory_2",
        "part_of_speech_subcategory_3",
        "conjugation_type",
        "conjugation_form",
        "base_form",
        "reading",
        "pronunciation",
    ]);
    let user = fields(&["surface", "part_of_speech", "reading"]);
    // The cost and the noun's context ids are those that lindera gives simple user entries.
    Metadata::new(
        "ipadic".into(),
        "EUC-JP".into(),
        -10000,
        1288,
        1288,
        "*".into(),
        true,
        false,
        false,
        dictionary,
        user,
    )
}

/// Surface, kind and an empty reading for each name that is a word.
fn user_rows(lexicon: &Lexicon) -> String {
    let drugs = lexicon.drugs().spellings().map(|name| (name, "医薬品"));
    let diseases = lexicon.diseases().spellings().map(|name| (name, "病名"));
    let mut rows: Vec<(String, &str)> = drugs
        .chain(diseases)
        .map(|(name, kind)| (Text::of_line(0, &name).chars().iter().collect::<String>(), kind))
        // A short name as a cheap word would cut other words in two.
        .filter(|(name, _)| name.chars().count() >= 3 && !name.contains(['"', ',', '\n']))
        .collect();
    rows.sort_unstable();
    rows.dedup_by(|one, other| one.0 == other.0);
    rows.iter().fold(String::new(), |rows, (name, kind)| rows + name + "," + kind + ",*\n")
}

/// What a dictionary is built from: format, sources, lexicon. The sources are told by their names,
/// sizes and times, since reading them all would cost every start a quarter of a second.
fn stamp(ipadic: &Path, lexicon: &Lexicon) -> Result<String, ExtractError> {
    let mut digest = Sha256::new();
    for path in sources(ipadic)? {
        let facts = fs::metadata(&path)
            .and_then(|facts| Ok((facts.len(), facts.modified()?)))
            .map_err(|_| ExtractError::NoSources { path: ipadic.to_owned() })?;
        let (length, modified) = facts;
        let age = modified.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        digest.update(path.file_name().unwrap_or_default().as_encoded_bytes());
        digest.update(length.to_le_bytes());
        digest.update(age.as_nanos().to_le_bytes());
    }
    let sources = hex::encode(&digest.finalize()[..8]);
    Ok(format!(
        "format {FORMAT}\nlindera {}\nipadic {sources}\nlexicon {}\n",
        lindera::get_version(),
        lexicon.version()
    ))
}

/// The CSV and .def files, sorted.
fn sources(ipadic: &Path) -> Result<Vec<PathBuf>, ExtractError> {
    let none = || ExtractError::NoSources { path: ipadic.to_owned() };
    let mut sources: Vec<PathBuf> = fs::read_dir(ipadic)
        .map_err(|_| none())?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|kind| kind == "csv" || kind == "def"))
        .collect();
    sources.sort_unstable();
    let complete = sources.iter().any(|path| path.ends_with("matrix.def"))
        && sources.iter().any(|path| path.extension().is_some_and(|kind| kind == "csv"));
    if complete { Ok(sources) } else { Err(none()) }
}

fn is_current(out: &Path, stamp: &str) -> bool {
    fs::read_to_string(out.join(STAMP)).is_ok_and(|found| found == stamp)
        && out.join(USER_DICTIONARY).is_file()
}

fn remove(folder: &Path) -> Result<(), ExtractError> {
    match fs::remove_dir_all(folder) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(ExtractError::Write { path: folder.to_owned(), source })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    /// Sources of three words in the form of ipadic, so that the test needs no package.
    fn sources(folder: &Path) {
        let word = |surface: &str, kind: &str| {
            format!("{surface},0,0,4000,{kind},*,*,*,*,*,{surface},*,*\n")
        };
        let words = [word("で", "助詞"), word("通院", "名詞"), word("に", "助詞")].concat();
        let write = |name: &str, text: &str| {
            let (bytes, ..) = encoded(text);
            fs::write(folder.join(name), bytes).unwrap();
        };
        write("Noun.csv", &words);
        // As many contexts as ipadic has, since the lexicon's words name one of its last.
        write("matrix.def", "1316 1316\n0 0 0\n");
        write(
            "char.def",
            "DEFAULT 0 1 0\nSPACE 0 1 0\nKANJI 0 0 2\n0x0020 SPACE\n0x4E00..0x9FA5 KANJI\n",
        );
        write(
            "unk.def",
            "DEFAULT,0,0,4769,記号,*,*,*,*,*,*\nSPACE,0,0,8903,記号,*,*,*,*,*,*\nKANJI,0,0,11426,名詞,*,*,*,*,*,*\n",
        );
    }

    /// The few words of the test in EUC-JP.
    fn encoded(text: &str) -> (Vec<u8>,) {
        let table = [
            ('で', [0xa4, 0xc7]),
            ('に', [0xa4, 0xcb]),
            ('通', [0xc4, 0xcc]),
            ('院', [0xb1, 0xa1]),
            ('助', [0xbd, 0xf5]),
            ('詞', [0xbb, 0xec]),
            ('名', [0xcc, 0xbe]),
            ('記', [0xb5, 0xad]),
            ('号', [0xb9, 0xe6]),
        ];
        let bytes = text.chars().flat_map(|char| {
            let pair =
                table.iter().find(|(known, _)| *known == char).map(|(_, pair)| pair.to_vec());
            pair.unwrap_or_else(|| char.to_string().into_bytes())
        });
        (bytes.collect(),)
    }

    #[test]
    fn a_dictionary_is_built_once_and_again_when_the_words_change() {
        let place = tempfile::tempdir().unwrap();
        let (ipadic, out) = (place.path().join("ipadic"), place.path().join("dictionary"));
        fs::create_dir(&ipadic).unwrap();
        sources(&ipadic);
        let lexicon = fixture::lexicon();
        assert_eq!(build(&ipadic, &lexicon, &out).unwrap(), Built::Compiled);
        assert_eq!(build(&ipadic, &lexicon, &out).unwrap(), Built::Current);
        let words = open(&out).unwrap();
        let text = Text::of_line(0, "高血圧症で通院");
        let boundaries: Vec<usize> = words.boundaries(&text).into_iter().collect();
        assert_eq!(boundaries, [0, 4, 5, 7]);
        let other = Lexicon::from_texts(&[
            ("drugs.csv", "stem\nアムロジピン\n"),
            ("diseases.csv", "name\n高血圧症\n"),
        ]);
        assert_eq!(build(&ipadic, &other.unwrap(), &out).unwrap(), Built::Compiled);
        let left: Vec<_> = fs::read_dir(place.path()).unwrap().collect();
        assert_eq!(left.len(), 2, "nothing is left beside the dictionary");
    }

    #[test]
    fn missing_sources_and_dictionaries_are_told() {
        let place = tempfile::tempdir().unwrap();
        let error =
            build(place.path(), &fixture::lexicon(), &place.path().join("out")).unwrap_err();
        assert!(error.to_string().contains("mecab-ipadic"), "{error}");
        let error = open(&place.path().join("out")).unwrap_err();
        assert!(error.to_string().contains("kamikarte dictionary build"), "{error}");
    }
}
