//! How well misread names are found among all masters, and how fast.
//!
//! `cargo bench -p lexicon --bench noisy_names -- READINGS.tsv DATA [LOOKALIKES.tsv]`
//!
//! READINGS.tsv is what benches/noisy-names/render writes: name, font, reading. DATA is the data
//! folder of an installation that imported the masters. Without them there is nothing to measure,
//! and that is said. The same readings go through a plain edit distance and a trigram index over
//! the same names. LOOKALIKES.tsv holds readings of drugs that may be taken for others: how near
//! the other name is when the wrong one was read, and when the right one was. The names for it are
//! what is printed with KAMIKARTE_LOOK_ALIKE_NAMES set (the two first lines are none). Times are those on
//! the processor. The figures of record stand in docs/lexicon.md.

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::Path,
    time::{Duration, Instant},
};

use lexicon::{
    Candidate, Lexicon, ModifierRow, Named, Reading, Scope, Tables, Uses, masters::Store, normalise,
};

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let [readings, data, others @ ..] = arguments.as_slice() else {
        println!("skipped: needs READINGS.tsv and a data folder (see the head of this file)");
        return;
    };
    let tables = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/lexicon");
    if std::env::var_os("KAMIKARTE_LOOK_ALIKE_NAMES").is_some() {
        look_alike_names(&opened(&tables, Path::new(data)));
        return;
    }
    let lexicon = opened(&tables, Path::new(data));
    if let Some(look_alikes) = others.first() {
        guard(&lexicon, &lines(look_alikes));
        return;
    }
    let lines = lines(readings);
    memory_of(&lexicon, &lines);
    let readable: Vec<&Line> = lines.iter().filter(|line| line.similarity >= 0.6).collect();
    println!(
        "{} readings, {} of them with an edit similarity of .6 or more ({} exact)",
        lines.len(),
        readable.len(),
        readable.iter().filter(|line| line.read == line.name).count()
    );
    noisy(&lexicon, &readable);
    let all: Vec<&Line> = lines.iter().collect();
    timed("this search, whatever was read", &all, |line| {
        std::hint::black_box(lexicon.search(&Reading::of_text(&line.reading), Scope::All, 5));
    });
    timed("a drug at the beginning", &all, |line| {
        std::hint::black_box(lexicon.drugs().near(&line.read));
    });
    timed("a disease at the beginning", &all, |line| {
        std::hint::black_box(lexicon.diseases().near(&line.read));
    });
    type_ahead(&lexicon, &lines);
    if std::env::var_os("KAMIKARTE_SEARCH_ALONE").is_some() {
        return;
    }
    let names = names(&lexicon);
    println!("over {} names:", names.len());
    report("plain Levenshtein", &readable, |line| nearest(&names, &line.read));
    let trigrams = Trigrams::of(&names);
    report("trigram index", &readable, |line| trigrams.nearest(&line.read));
}

/// Opens the compiled file, as a start of the program does; compiles it first if it is not there.
fn opened(tables: &Path, data: &Path) -> Lexicon {
    let file = data.join("lexicon.compiled");
    let start = Instant::now();
    let compiled = Lexicon::ensure(&file, Tables::Folder(tables), &Store::in_data_dir(data))
        .expect("compiled");
    let version = compiled.version().to_owned();
    drop(compiled);
    println!("compiled, if it was not: {:?}", start.elapsed());
    let mut times: Vec<Duration> = (0..20)
        .map(|_| {
            let start = on_processor();
            let lexicon = Lexicon::open(&file, &version).expect("open").expect("current");
            let elapsed = on_processor().saturating_sub(start);
            drop(lexicon);
            elapsed
        })
        .collect();
    times.sort_unstable();
    println!("opening: median {:?}, longest {:?}", times[10], times[19]);
    Lexicon::open(&file, &version).expect("open").expect("current")
}

/// What is kept in memory when the file was opened and when a thousand readings were searched.
fn memory_of(lexicon: &Lexicon, lines: &[Line]) {
    let size = lexicon.size() as f64 / 1e6;
    println!("file {size:.1} MB; opened, this process holds {}", memory());
    let every = (lines.len() / 1000).max(1);
    for line in lines.iter().step_by(every).take(1000) {
        std::hint::black_box(lexicon.search(&Reading::of_text(&line.reading), Scope::All, 5));
    }
    println!("after a thousand searches {}", memory());
}

/// What this process holds by itself, and what of its files (program and lexicon) is in memory.
fn memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let megabytes = |field: &str| {
        let line = status.lines().find(|line| line.starts_with(field));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
        kilobytes.unwrap_or_default() / 1e3
    };
    format!("{:.1} MB of its own, {:.1} MB of files", megabytes("RssAnon"), megabytes("RssFile"))
}

/// How long this thread has been on a processor, so that a busy machine does not count.
fn on_processor() -> Duration {
    cpu_time::ThreadTime::now().as_duration()
}

struct Line {
    name: Vec<char>,
    read: Vec<char>,
    reading: String,
    similarity: f64,
}

fn lines(path: &str) -> Vec<Line> {
    let text = fs::read_to_string(path).expect("readings");
    let line = |line: &str| {
        let mut fields = line.split('\t');
        let name = normalise::key(fields.next()?);
        let reading = fields.nth(1)?.to_owned();
        let read = normalise::key(&reading);
        let longest = name.len().max(read.len()).max(1);
        let similarity = 1.0 - levenshtein(&name, &read) as f64 / longest as f64;
        Some(Line { name, read, reading, similarity })
    };
    text.lines().filter_map(line).collect()
}

fn noisy(lexicon: &Lexicon, lines: &[&Line]) {
    report("noisy search", lines, |line| {
        let found = lexicon.search(&Reading::of_text(&line.reading), Scope::All, 5);
        found.iter().map(whole_name).collect()
    });
    let mut by_chance: Vec<(u32, u32, f32)> = vec![(0, 0, 0.0); 10];
    for line in lines {
        let found = lexicon.search(&Reading::of_text(&line.reading), Scope::All, 5);
        if let Some(first) = found.first() {
            let bin = &mut by_chance[((first.chance * 10.0) as usize).min(9)];
            bin.0 += 1;
            bin.1 += u32::from(whole_name(first) == line.name);
            bin.2 += first.chance;
        }
    }
    let bins: Vec<String> = by_chance
        .iter()
        .filter(|bin| bin.0 > 0)
        .map(|(n, right, sum)| {
            format!("{:.2}→{:.2} ({n})", sum / *n as f32, f64::from(*right) / f64::from(*n))
        })
        .collect();
    println!("  said→right: {}", bins.join(", "));
}

/// The name with its modifiers.
fn whole_name(candidate: &Candidate<'_>) -> Vec<char> {
    let (before, behind): (Vec<&ModifierRow>, Vec<&ModifierRow>) = candidate
        .modifiers
        .iter()
        .partition(|row| row.position == lexicon::entry::Position::Prefix);
    let names = before.iter().map(|row| row.name.as_str());
    let names = names.chain([candidate.named.name()]);
    names.chain(behind.iter().map(|row| row.name.as_str())).flat_map(normalise::key).collect()
}

/// Names for [`guard`] to have drawn and read: those of drugs that have look-alikes, computed ones
/// and those of the notices, and as many of all drugs.
fn look_alike_names(lexicon: &Lexicon) {
    let drugs = lexicon.drugs();
    let all = || (0..drugs.spellings().count()).map(|number| drugs.get(number as u32));
    let like: Vec<_> = all().filter(|drug| !drug.look_alikes.is_empty()).collect();
    for drug in &like {
        println!("{}", drug.stem);
    }
    let every = (all().count() / like.len().max(1)).max(1);
    for drug in all().step_by(every).filter(|drug| drug.look_alikes.is_empty()) {
        println!("{}", drug.stem);
    }
}

/// How far behind the right name is when its look-alike was read, and how far behind the nearest
/// look-alike is when the right name was. Pairs of the notices are told in any case; what the
/// limit decides are computed ones.
fn guard(lexicon: &Lexicon, lines: &[Line]) {
    let (mut taken_for_another, mut of_notices) = (Vec::new(), 0);
    let (mut right, mut ordinary, mut n_others) = (Vec::new(), 0_usize, 0_usize);
    for line in lines {
        let reading = Reading::of_text(&line.reading);
        let found = lexicon.search(&reading, Scope::Drugs, 1);
        let Some(Named::Drug(drug)) = found.first().map(|first| first.named) else { continue };
        // Half of the readings of a name that was taken for another are not even near the other.
        let rivals = lexicon.drugs().rivals_within(drug, &reading, u16::MAX);
        if normalise::key(&drug.stem) == line.name {
            let computed = rivals.iter().find(|rival| !rival.other.noted);
            ordinary += usize::from(computed.is_none());
            right.push(computed.map_or(f32::MAX, |rival| rival.behind));
            continue;
        }
        let meant = rivals.iter().find(|rival| normalise::key(&rival.other.name) == line.name);
        match meant {
            Some(meant) if meant.other.noted => of_notices += 1,
            Some(meant) => {
                println!(
                    "  {} read as {} ({:?}), {:.2} behind",
                    text(&line.name),
                    drug.stem,
                    line.reading,
                    meant.behind
                );
                taken_for_another.push(meant.behind);
            }
            None => n_others += 1,
        }
    }
    println!(
        "look-alikes: {} readings, {} the right name first ({ordinary} of them without a computed \
         look-alike), {} its computed look-alike, {of_notices} one of the notices, {n_others} \
         another name",
        lines.len(),
        right.len(),
        taken_for_another.len(),
    );
    for limit in [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0, 1.2, 1.5, 2.0, 3.0] {
        let within = |all: &[f32]| all.iter().filter(|behind| **behind <= limit).count();
        println!(
            "  told up to {limit} edits: {} of {} that were taken for another, {} of {} that were right",
            within(&taken_for_another),
            taken_for_another.len(),
            within(&right),
            right.len()
        );
    }
}

fn text(word: &[char]) -> String {
    word.iter().collect()
}

fn report(title: &str, lines: &[&Line], search: impl Fn(&Line) -> Vec<Vec<char>>) {
    let (mut first, mut five) = (0, 0);
    let mut times = Vec::with_capacity(lines.len());
    let show = std::env::var_os("KAMIKARTE_SHOW_MISSES").is_some();
    for line in lines {
        let start = on_processor();
        let found = search(line);
        times.push(on_processor().saturating_sub(start));
        let place = found.iter().position(|name| *name == line.name);
        first += u32::from(place == Some(0));
        five += u32::from(place.is_some_and(|place| place < 5));
        if show && title == "noisy search" && place != Some(0) {
            let found: Vec<String> = found.iter().map(|name| text(name)).collect();
            println!(
                "  {} | {} | {place:?} | {}",
                text(&line.name),
                line.reading,
                found.join(" / ")
            );
        }
    }
    let share = |count: u32| f64::from(count) / lines.len().max(1) as f64;
    println!(
        "{title:<18} recall@1 {:.3}  recall@5 {:.3}  {}",
        share(first),
        share(five),
        told(times)
    );
}

/// Times of something done with each line.
fn timed(title: &str, lines: &[&Line], run: impl Fn(&Line)) {
    let time = |line: &&Line| {
        let start = on_processor();
        run(line);
        on_processor().saturating_sub(start)
    };
    println!("{title:<30} {}", told(lines.iter().map(time).collect()));
}

fn told(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |percent: usize| times.get(times.len().saturating_sub(1) * percent / 100);
    let [median, p99, longest] = [50, 99, 100].map(|percent| at(percent).copied());
    let mean = times.iter().sum::<Duration>() / times.len().max(1) as u32;
    format!(
        "median {:?}  mean {mean:?}  p99 {:?}  longest {:?}",
        median.unwrap_or_default(),
        p99.unwrap_or_default(),
        longest.unwrap_or_default()
    )
}

/// Every name that is searched, each once.
fn names(lexicon: &Lexicon) -> Vec<Vec<char>> {
    let drugs = lexicon.drugs();
    let products = (0..drugs.n_products()).map(|number| drugs.product(number as u32).name.clone());
    let all: HashSet<Vec<char>> = products
        .chain(drugs.spellings())
        .chain(lexicon.diseases().spellings())
        .map(|name| normalise::key(&name))
        .collect();
    let mut all: Vec<Vec<char>> = all.into_iter().collect();
    all.sort();
    all
}

fn levenshtein(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (number, a) in one.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = number + 1;
        for (at, b) in other.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = (diagonal + usize::from(a != b)).min(above + 1).min(row[at] + 1);
            diagonal = above;
        }
    }
    row[other.len()]
}

fn nearest(names: &[Vec<char>], read: &[char]) -> Vec<Vec<char>> {
    let mut best: Vec<(usize, &Vec<char>)> = Vec::new();
    for name in names {
        let least = name.len().abs_diff(read.len());
        if best.len() == 5 && best[4].0 <= least {
            continue;
        }
        let distance = levenshtein(name, read);
        let place = best.partition_point(|(known, _)| *known <= distance);
        best.insert(place, (distance, name));
        best.truncate(5);
    }
    best.into_iter().map(|(_, name)| name.clone()).collect()
}

struct Trigrams<'n> {
    names: &'n [Vec<char>],
    lists: HashMap<[char; 3], Vec<u32>>,
}

fn trigrams(word: &[char]) -> HashSet<[char; 3]> {
    let padded: Vec<char> = ['^', '^'].iter().chain(word).chain(&['$']).copied().collect();
    padded.windows(3).map(|three| [three[0], three[1], three[2]]).collect()
}

impl<'n> Trigrams<'n> {
    fn of(names: &'n [Vec<char>]) -> Self {
        let mut lists: HashMap<[char; 3], Vec<u32>> = HashMap::new();
        for (number, name) in (0..).zip(names) {
            for three in trigrams(name) {
                lists.entry(three).or_default().push(number);
            }
        }
        Self { names, lists }
    }

    fn nearest(&self, read: &[char]) -> Vec<Vec<char>> {
        let wanted = trigrams(read);
        let mut shared: HashMap<u32, usize> = HashMap::new();
        for number in wanted.iter().filter_map(|three| self.lists.get(three)).flatten() {
            *shared.entry(*number).or_default() += 1;
        }
        let mut ranked: Vec<(f64, u32)> = shared
            .into_iter()
            .map(|(number, shared)| {
                let all = wanted.len() + self.names[number as usize].len() + 1;
                (2.0 * shared as f64 / all as f64, number)
            })
            .collect();
        ranked.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        ranked.iter().take(5).map(|(_, number)| self.names[*number as usize].clone()).collect()
    }
}

/// One to six letters of each name, as typed.
fn type_ahead(lexicon: &Lexicon, lines: &[Line]) {
    let names: HashSet<&Vec<char>> = lines.iter().map(|line| &line.name).collect();
    // A clinic that confirmed some five thousand of these names.
    let known: Vec<String> = names.iter().map(|name| name.iter().collect::<String>()).collect();
    let each = (5000 / known.len().max(1)).max(1) as u32;
    let uses = Uses::of(lexicon, known.iter().map(|name| (name.as_str(), each)));
    let mut times = Vec::new();
    let mut suggest = |typed: &str| {
        let start = on_processor();
        std::hint::black_box(lexicon.suggest(typed, Scope::All, &uses, 8));
        times.push(on_processor().saturating_sub(start));
    };
    for name in names {
        for length in 1..=name.len().min(6) {
            suggest(&name[..length].iter().collect::<String>());
        }
    }
    for romaji in ["a", "k", "amu", "amuro", "kouk", "koukets", "tou", "s", "ro", "shi", "me"] {
        (0..20).for_each(|_| suggest(romaji));
    }
    println!("type-ahead: {} beginnings, {}", times.len(), told(times.clone()));
}
