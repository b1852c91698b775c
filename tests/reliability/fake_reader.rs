//! A reading process that takes a known time and sees which page it was given.
//!
//! Workers start it instead of their own through the setting `worker.reader`. It writes down what
//! it began to read, so that a test can count how often a page was read.

use std::{fs::File, io::Write, path::Path, thread, time::Duration};

use chart::{Line, PageText, Rect};
use ocr::{OcrError, PageReader, isolation::serve_child};

use crate::paper;

/// Where it writes what it began, and how long a page takes in milliseconds.
pub const LOGS: &str = "FAKE_READER_LOGS";
pub const PAUSE: &str = "FAKE_READER_PAUSE_MS";

/// The body of the process.
pub fn serve() {
    let served = serve_child(std::io::stdin(), std::io::stdout(), |_| {
        let logs = std::env::var_os(LOGS).expect("set by the test");
        let pause = std::env::var(PAUSE).expect("set by the test");
        // One file a process: a child may write no large file.
        let log = Path::new(&logs).join(std::process::id().to_string());
        Ok(Fake {
            log: File::options().create(true).append(true).open(log)?,
            pause: Duration::from_millis(pause.parse().expect("a number")),
        })
    });
    if served.is_err() {
        std::process::exit(1);
    }
}

struct Fake {
    log: File,
    pause: Duration,
}

impl PageReader for Fake {
    fn version(&self) -> String {
        "fake 1".to_owned()
    }

    fn read(&mut self, encoded: &[u8]) -> Result<PageText, OcrError> {
        // A sample: a picture of real size, whose decoding would be part of a real reading's time.
        if encoded.len() > paper::LARGEST {
            thread::sleep(self.pause);
            return Ok(PageText { engine: self.version(), ..PageText::default() });
        }
        let picture = image::load_from_memory(encoded)?.into_luma8();
        let mut lines = Vec::new();
        if let Some(number) = paper::number_on(&picture) {
            writeln!(self.log, "{number}")?;
            thread::sleep(self.pause);
            lines.extend(said_of(number).lines().map(line));
        }
        let (width, height) = picture.dimensions();
        Ok(PageText { width, height, lines, engine: self.version(), ..PageText::default() })
    }
}

fn line(text: &str) -> Line {
    Line {
        text: text.to_owned(),
        bbox: Rect::new(0, 0, 60, 20),
        straight: None,
        label: None,
        confidence: 1.0,
        vertical: false,
        struck: false,
        cell: None,
        handwritten: None,
        symbols: Vec::new(),
    }
}

/// What it reads on page `number`: one diagnosis, and the number. On another picture: nothing.
pub fn said_of(number: u32) -> String {
    format!("病名 高血圧症\n頁 {number}")
}

/// The pages that were begun, by any process: as often as they were.
pub fn begun(logs: &Path) -> Vec<u32> {
    let files = std::fs::read_dir(logs).expect("the folder of logs").flatten();
    let texts = files.map(|file| std::fs::read_to_string(file.path()).expect("a log"));
    let mut begun = Vec::new();
    for text in texts {
        begun.extend(text.lines().filter_map(|line| line.parse::<u32>().ok()));
    }
    begun
}
