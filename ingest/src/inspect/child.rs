use std::io::{self, BufRead, BufReader, Read, Write};

use rlimit::Resource;

use super::{Settings, Word, inspect};

/// A child writes no files. Not 0: a stderr that is a file would kill it late.
const LARGEST_FILE: u64 = 1 << 20;

/// Looks into the one file that comes in on `input`; the body of a child process.
pub fn serve_inspection(input: impl Read, mut output: impl Write) -> io::Result<()> {
    let mut input = BufReader::new(input);
    let mut settings = String::new();
    input.read_line(&mut settings)?;
    let settings: Settings = serde_json::from_str(&settings)?;
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    limit_itself(settings.memory_bytes)?;
    // A panic's message may quote what was being read, and stderr ends in a log: say where only.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, ToString::to_string);
        eprintln!("the decoder panicked at {place}");
    }));
    let mut said = Ok(());
    let inspected = inspect(bytes.into(), &settings.limits, &mut |number, of| {
        if said.is_ok() {
            said = say(&mut output, &Word::Page { number, of });
        }
    });
    said?;
    say(&mut output, &inspected.map_or_else(Word::Refused, Word::Whole))
}

fn limit_itself(memory_bytes: u64) -> io::Result<()> {
    rlimit::setrlimit(Resource::AS, memory_bytes, memory_bytes)?;
    rlimit::setrlimit(Resource::FSIZE, LARGEST_FILE, LARGEST_FILE)?;
    // A core file would hold the page.
    rlimit::setrlimit(Resource::CORE, 0, 0)
}

fn say(output: &mut impl Write, word: &Word) -> io::Result<()> {
    let mut line = serde_json::to_vec(word)?;
    line.push(b'\n');
    output.write_all(&line)?;
    output.flush()
}
