use std::{
    io::{Read, Write},
    panic,
    sync::mpsc,
    thread,
};

use rlimit::Resource;

use super::frame::{self, Answer, Settings};
use crate::{OcrError, PageReader, ReadOptions};

/// A child writes no files but the pictures of `read --debug`. Not 0: a stderr that is a file
/// would kill it late.
const LARGEST_FILE: u64 = 1 << 20;

/// Serves pages over pipes until `input` ends; the body of a child process.
///
/// The parent says first how to read and how much memory to use; the child sets that limit on
/// itself and then lets `open` make the reader (a service passes [`crate::Reader::open`]). When
/// that fails, the parent is told why. The process exits as soon as `input` ends, even in the
/// middle of a page.
pub fn serve_child<R: PageReader>(
    mut input: impl Read + Send + 'static,
    mut output: impl Write,
    open: impl FnOnce(ReadOptions) -> Result<R, OcrError>,
) -> Result<(), OcrError> {
    let Some(settings) = frame::read(&mut input)? else { return Ok(()) };
    let settings: Settings = serde_json::from_slice(&settings).map_err(std::io::Error::other)?;
    limit_itself(&settings)?;
    keep_pages_out_of_panics();
    let mut reader = match open(settings.reading) {
        Ok(reader) => reader,
        Err(error) => {
            say(&mut output, &Answer::CannotStart { why: error.to_string() })?;
            return Err(error);
        }
    };
    let pages = watch(input);
    say(&mut output, &Answer::Ready { version: reader.version() })?;
    while let Ok(page) = pages.recv() {
        let answer = match reader.read(&page) {
            Ok(text) => Answer::Page(Box::new(text)),
            Err(error @ (OcrError::Undecodable(_) | OcrError::TooLarge { .. })) => {
                Answer::Refused { why: error.to_string() }
            }
            Err(error) => Answer::Failed { why: error.to_string() },
        };
        say(&mut output, &answer)?;
    }
    Ok(())
}

fn limit_itself(settings: &Settings) -> Result<(), OcrError> {
    if let Some(bytes) = settings.memory_limit_bytes {
        rlimit::setrlimit(Resource::AS, bytes, bytes)?;
    }
    if settings.reading.debug_dir.is_none() {
        rlimit::setrlimit(Resource::FSIZE, LARGEST_FILE, LARGEST_FILE)?;
    }
    // A core file would hold the page.
    rlimit::setrlimit(Resource::CORE, 0, 0)?;
    Ok(())
}

/// A panic's message may quote what was being read, and stderr ends in a log: say where only.
fn keep_pages_out_of_panics() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, ToString::to_string);
        eprintln!("the reading process panicked at {place}");
    }));
}

/// Reads frames on a thread of its own, which ends the process when the pipe does: the parent is
/// gone, or wants this child gone, and nobody waits for the page at hand.
fn watch(mut input: impl Read + Send + 'static) -> mpsc::Receiver<Vec<u8>> {
    let (sender, pages) = mpsc::channel();
    thread::spawn(move || {
        while let Ok(Some(page)) = frame::read(&mut input) {
            if sender.send(page).is_err() {
                break;
            }
        }
        std::process::exit(0);
    });
    pages
}

fn say(output: &mut impl Write, answer: &Answer) -> Result<(), OcrError> {
    let json = serde_json::to_vec(answer).map_err(std::io::Error::other)?;
    Ok(frame::write(output, &json)?)
}
