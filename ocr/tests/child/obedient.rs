//! A reading child whose reader does what the page says: the tests of isolation start it.

use std::{io, thread, time::Duration};

use chart::{Line, PageText};
use ocr::{OcrError, PageReader, isolation::serve_child};

struct Obedient {
    pages: u32,
}

impl PageReader for Obedient {
    fn version(&self) -> String {
        "obedient 1".to_owned()
    }

    fn read(&mut self, encoded: &[u8]) -> Result<PageText, OcrError> {
        self.pages += 1;
        match encoded {
            b"crash" => std::process::abort(),
            b"panic" => panic!("secret words of the page"),
            b"hang" => loop {
                thread::sleep(Duration::from_mins(1));
            },
            b"spin" => loop {
                std::hint::spin_loop();
            },
            b"slow" => thread::sleep(Duration::from_millis(300)),
            b"burst" => {
                let burst = vec![1_u8; 8 << 30];
                return Ok(page(&format!("{}", burst.len())));
            }
            b"fail" => return Err(OcrError::Engine("no luck".to_owned())),
            b"refuse" => return Err(OcrError::TooLarge { width: 1, height: 1, limit: 0 }),
            _ => {}
        }
        Ok(page(&format!("{} {} {}", std::process::id(), self.pages, environment())))
    }
}

fn environment() -> String {
    std::env::var("OMP_THREAD_LIMIT").unwrap_or_default()
}

fn page(text: &str) -> PageText {
    let line = Line { text: text.to_owned(), ..Line::default() };
    PageText { lines: vec![line], ..PageText::default() }
}

fn main() {
    let models_missing = std::env::args().any(|argument| argument == "--without-models");
    let open = |_| {
        if models_missing {
            Err(OcrError::MissingModel {
                model: "jpn",
                folder: "/nowhere".into(),
                package: "tesseract-ocr-jpn",
            })
        } else {
            Ok(Obedient { pages: 0 })
        }
    };
    let served = serve_child(io::stdin(), io::stdout(), open);
    if served.is_err() {
        std::process::exit(1);
    }
}
