use chart::{Line, Rect, Symbol};
use rten_tensor::{NdTensor, NdTensorView, prelude::*};

use super::{beam, language::Language, prepared::Prepared};
use crate::{Reading, spacing::spaced};

/// Columns of the network's picture for a frame.
const STEP: usize = 4;
/// The class of frames between characters.
pub const NOTHING: usize = 0;
/// Less likely readings are no alternatives.
const LEAST: f32 = 0.005;
/// So many alternatives are kept.
const ALTERNATIVES: usize = 5;
/// Frames of one character of full width: what says two things in less, with nothing in between,
/// is one character.
const WIDEST: usize = 8;
/// A box reaches at most this far from the middle of its symbol, in columns: half an em and some.
const REACH: usize = 18;

/// A run of frames that say the same character.
struct Run {
    class: usize,
    first: usize,
    last: usize,
    /// The frame that is surest.
    peak: usize,
    probability: f32,
    /// The sum of the probabilities of all its frames.
    mass: f32,
}

impl Run {
    /// Whether both are about the same character; narrow ones do stand this near.
    fn is_one_with(&self, next: &Self, characters: &[&str]) -> bool {
        let wide = |class: usize| characters.get(class - 1).is_some_and(|text| !text.is_ascii());
        next.first == self.last + 1
            && next.last - self.first < WIDEST
            && wide(self.class)
            && wide(next.class)
    }
}

/// The line that `scores` (probabilities, frame by frame, of each class) tell; `None` if there
/// is no writing.
pub fn line(
    scores: &NdTensor<f32, 3>,
    prepared: &Prepared,
    characters: &[&str],
    language: &Language,
) -> Option<Reading> {
    let scores = scores.slice(0);
    let (classes, rivals) = beam::search(&scores, language);
    let runs = runs(&scores, &classes, characters);
    let mut symbols = Vec::with_capacity(runs.len());
    for (at, run) in runs.iter().enumerate() {
        let middle = (run.first + run.last + 1) * STEP / 2;
        // Half way to the neighbours, unless they are far.
        let before = at.checked_sub(1).map_or(0, |at| (runs[at].last + 1 + run.first) * STEP / 2);
        let behind = runs
            .get(at + 1)
            .map_or(prepared.columns, |next| (run.last + 1 + next.first) * STEP / 2);
        let from = before.max(middle.saturating_sub(REACH));
        let to = behind.min(middle + REACH);
        let Some(&text) = characters.get(run.class - 1) else { continue };
        symbols.push(Symbol {
            text: text.to_owned(),
            bbox: prepared.place(from, to),
            confidence: run.probability,
            alternatives: alternatives(&scores, run, characters),
            ringed: false,
        });
    }
    let bbox = Rect::around(symbols.iter().map(|symbol| symbol.bbox))?;
    let mean = symbols.iter().map(|s| s.confidence).sum::<f32>() / symbols.len() as f32;
    let text = spaced(&symbols, bbox, false);
    let line = Line { text, bbox, confidence: mean, symbols, ..Line::default() };
    let said: Vec<usize> = runs.iter().map(|run| run.class).collect();
    Some(Reading { line, rivals, surprise: surprise(&scores, &said) })
}

/// The runs of frames that say `classes`.
fn runs(scores: &NdTensorView<f32, 2>, classes: &[usize], characters: &[&str]) -> Vec<Run> {
    let mut runs = aligned(scores, classes);
    runs.dedup_by(|next, run| {
        let one = run.is_one_with(next, characters);
        if one {
            let (first, last) = (run.first, next.last);
            if next.mass > run.mass {
                std::mem::swap(run, next);
            }
            (run.first, run.last) = (first, last);
        }
        one
    });
    runs
}

/// −ln of the probability that the frames say `classes`, in all ways to say them in this order.
fn surprise(scores: &NdTensorView<f32, 2>, classes: &[usize]) -> f32 {
    let states = 2 * classes.len() + 1;
    let class = |state: usize| if state % 2 == 1 { classes[state / 2] } else { NOTHING };
    // Before the first frame nothing was said.
    let mut reached = vec![0.0_f64; states];
    reached[0] = 1.0;
    let mut surprise = 0.0;
    for frame in 0..scores.size(0) {
        // Backwards, so that what a state is reached from is still that of the frame before.
        for state in (0..states).rev() {
            let mut from = reached[state];
            if state > 0 {
                from += reached[state - 1];
            }
            if state % 2 == 1 && state > 1 && class(state) != class(state - 2) {
                from += reached[state - 2];
            }
            reached[state] = from * f64::from(scores[[frame, class(state)]]);
        }
        // Products of hundreds of frames would vanish.
        let all = reached.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        surprise -= all.ln();
        for likelihood in &mut reached {
            *likelihood /= all;
        }
    }
    let ended: f64 = reached.iter().rev().take(2).sum();
    (surprise - ended.max(f64::MIN_POSITIVE).ln()) as f32
}

/// Which frames say which of `classes`, in the likeliest of all ways to say them in this order.
fn aligned(scores: &NdTensorView<f32, 2>, classes: &[usize]) -> Vec<Run> {
    // Between two classes, before the first and behind the last, frames may say nothing.
    let states = 2 * classes.len() + 1;
    let class = |state: usize| if state % 2 == 1 { classes[state / 2] } else { NOTHING };
    let probability = |frame: usize, state: usize| scores[[frame, class(state)]];
    let mut likeliest = vec![f32::NEG_INFINITY; states];
    // How many states back each is reached from.
    let mut steps = vec![0_u8; scores.size(0) * states];
    for frame in 0..scores.size(0) {
        let before = likeliest.clone();
        for state in 0..states {
            let skips = state % 2 == 1 && state > 1 && class(state) != class(state - 2);
            let reached = match frame {
                0 => (0, if state < 2 { 0.0 } else { f32::NEG_INFINITY }),
                _ => (0..=1 + usize::from(skips))
                    .take_while(|back| *back <= state)
                    .map(|back| (back, before[state - back]))
                    .fold((0, f32::NEG_INFINITY), |a, b| if b.1 > a.1 { b } else { a }),
            };
            steps[frame * states + state] = reached.0 as u8;
            likeliest[state] = reached.1 + probability(frame, state).max(f32::MIN_POSITIVE).ln();
        }
    }
    let mut state = states - 1;
    if state > 0 && likeliest[state - 1] > likeliest[state] {
        state -= 1;
    }
    let mut runs: Vec<Run> = Vec::with_capacity(classes.len());
    let mut last = None;
    for frame in (0..scores.size(0)).rev() {
        if state % 2 == 1 {
            let probability = probability(frame, state);
            if last == Some(state)
                && let Some(run) = runs.last_mut()
            {
                run.first = frame;
                run.mass += probability;
                if probability >= run.probability {
                    (run.peak, run.probability) = (frame, probability);
                }
            } else {
                runs.push(Run {
                    class: class(state),
                    first: frame,
                    last: frame,
                    peak: frame,
                    probability,
                    mass: probability,
                });
            }
        }
        last = Some(state);
        state -= usize::from(steps[frame * states + state]);
    }
    runs.reverse();
    runs
}

/// What else the surest frame of a run may show, likeliest first.
fn alternatives(scores: &NdTensorView<f32, 2>, run: &Run, characters: &[&str]) -> Vec<String> {
    let row = scores.slice(run.peak);
    let mut others: Vec<(usize, f32)> = row
        .iter()
        .copied()
        .enumerate()
        .filter(|&(class, p)| class != NOTHING && class != run.class && p > LEAST)
        .collect();
    others.sort_by(|a, b| b.1.total_cmp(&a.1));
    others
        .iter()
        .take(ALTERNATIVES)
        .filter_map(|(class, _)| characters.get(class - 1))
        .map(|text| (*text).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use image::{GrayImage, Luma};

    use super::*;

    const CHARACTERS: [&str; 4] = ["1", "日", "曰", "分"];

    /// A line of 40 rows with two dark squares, each 32 wide.
    fn prepared() -> Prepared {
        let picture = GrayImage::from_fn(120, 40, |x, y| {
            let inside = (4..36).contains(&y) && ((8..40).contains(&x) || (60..92).contains(&x));
            Luma([if inside { 0 } else { 255 }])
        });
        Prepared::of(&picture).unwrap()
    }

    /// Frame by frame the likeliest class, its probability, and a rival.
    fn read(frames: &[(usize, f32, usize)]) -> Option<Line> {
        read_as(&CHARACTERS, frames)
    }

    fn read_as(characters: &[&str], frames: &[(usize, f32, usize)]) -> Option<Line> {
        whole(characters, frames).map(|read| read.line)
    }

    fn whole(characters: &[&str], frames: &[(usize, f32, usize)]) -> Option<Reading> {
        let mut scores = NdTensor::<f32, 3>::zeros([1, frames.len(), characters.len() + 1]);
        for (at, &(class, probability, rival)) in frames.iter().enumerate() {
            scores[[0, at, rival]] = (1.0 - probability) * 0.9;
            scores[[0, at, class]] = probability;
        }
        line(&scores, &prepared(), characters, &Language::of(characters))
    }

    const NONE: (usize, f32, usize) = (NOTHING, 0.99, 1);

    #[test]
    fn runs_are_characters_and_stand_where_their_ink_is() {
        let day = (2, 0.8, 3);
        let minute = (4, 0.7, 1);
        let frames = [NONE, day, day, (2, 0.95, 3), day, day, NONE, NONE, NONE, NONE, NONE, NONE]
            .into_iter()
            .chain([minute, minute, minute, minute, minute, minute])
            .chain([NONE; 6])
            .collect::<Vec<_>>();
        let line = read(&frames).unwrap();
        assert_eq!(line.text, "日 分");
        assert_eq!(line.symbols[0].alternatives, ["曰"]);
        assert!((line.symbols[0].confidence - 0.95).abs() < 1e-6);
        let places: Vec<Rect> = line.symbols.iter().map(|symbol| symbol.bbox).collect();
        assert!(places[0].x0.abs_diff(8) <= 2 && places[0].x1.abs_diff(40) <= 2, "{places:?}");
        assert!(places[1].x0.abs_diff(60) <= 2 && places[1].x1.abs_diff(92) <= 2, "{places:?}");
        assert!(places[0].y0.abs_diff(4) <= 2 && places[0].y1.abs_diff(36) <= 2, "{places:?}");
    }

    #[test]
    fn two_things_said_of_one_character_are_one() {
        let frames = [NONE, (2, 0.9, 3), (2, 0.9, 3), (3, 0.6, 2), NONE, NONE];
        assert_eq!(read(&frames).unwrap().text, "日");
        // Narrow characters do stand that near.
        let frames = [NONE, (1, 0.9, 3), (4, 0.9, 3), (4, 0.6, 2), NONE, NONE];
        assert_eq!(read(&frames).unwrap().text, "1分");
    }

    #[test]
    fn the_same_character_twice_is_two() {
        let frames = [NONE, (1, 0.9, 3), NONE, (1, 0.9, 3), NONE, NONE];
        assert_eq!(read(&frames).unwrap().text, "11");
    }

    #[test]
    fn of_two_that_look_alike_the_usual_one_is_read() {
        let words = ["五", "十", "肩", "飛"];
        let shoulder = |seen: f32| [(1, 0.9, 3), NONE, (2, 0.9, 3), NONE, (4, seen, 3), NONE];
        let line = read_as(&words, &shoulder(0.6)).unwrap();
        assert_eq!(line.text, "五十肩");
        // How sure it is stays what was seen of it, and the other one is offered.
        assert!(line.symbols[2].confidence < 0.5, "{:?}", line.symbols[2]);
        assert_eq!(line.symbols[2].alternatives, ["飛"]);
        // What is clear is read as it stands, usual or not.
        assert_eq!(read_as(&words, &shoulder(0.97)).unwrap().text, "五十飛");
    }

    #[test]
    fn figures_are_read_as_they_look() {
        let figures = ["5", "7", "1", "m", "g"];
        let unit = [NONE, (4, 0.9, 5), NONE, (5, 0.9, 4), NONE];
        for (seen, rival, text) in [(2, 3, "57mg"), (3, 2, "51mg")] {
            let frames = [(1, 0.9, 3), NONE, (seen, 0.52, rival)].into_iter().chain(unit);
            let frames: Vec<_> = frames.collect();
            assert_eq!(read_as(&figures, &frames).unwrap().text, text);
        }
    }

    #[test]
    fn a_point_in_a_figure_weighs_as_much_as_it_is_seen() {
        let figures = ["2", "5", "."];
        // Hardly more likely than nothing.
        let frames = [(1, 0.9, 2), NONE, (3, 0.54, NOTHING), NONE, (2, 0.9, 1), NONE];
        assert_eq!(read_as(&figures, &frames).unwrap().text, "2.5");
    }

    #[test]
    fn a_reading_with_a_rival_is_less_likely() {
        let figures = ["1", "7"];
        let clear = whole(&figures, &[NONE, (1, 0.99, 2), NONE]).unwrap();
        let doubtful = whole(&figures, &[NONE, (1, 0.6, 2), NONE]).unwrap();
        assert!(clear.rivals < 0.05 && (0.3..0.5).contains(&doubtful.rivals), "{doubtful:?}");
        // Nothing, then the figure, then nothing, as likely as their frames; in other ways hardly.
        let expected = -(0.99_f32 * 0.6 * 0.99).ln();
        assert!((0.0..0.05).contains(&(expected - doubtful.surprise)), "{}", doubtful.surprise);
        assert!(clear.surprise < doubtful.surprise);
    }

    #[test]
    fn paper_alone_is_no_line() {
        assert!(read(&[NONE; 8]).is_none());
    }
}
