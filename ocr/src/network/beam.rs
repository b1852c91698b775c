//! The likeliest sequence of characters of all that the frames allow: the sums over all their
//! alignments are compared (prefix beam search), and what usually follows what has a small say.

use std::collections::HashMap;

use rten_tensor::{NdTensorView, prelude::*};

use super::{frames::NOTHING, language::Language};

/// Beginnings that are followed at a time.
const WIDTH: usize = 8;
/// Less likely classes of a frame are not followed.
const LEAST: f32 = 0.004;
/// At most so many classes of a frame are.
const OFFERS: usize = 6;
/// Classes of a frame that are looked at at once.
const CHUNK: usize = 32;

/// The start of a reading: its last character, and how likely it is.
#[derive(Clone, Copy)]
struct Beginning {
    node: usize,
    /// Its last frame said nothing.
    open: f64,
    /// Its last frame said its last character.
    held: f64,
}

impl Beginning {
    fn likelihood(&self) -> f64 {
        self.open + self.held
    }
}

/// Classes in the order in which they stand, and the share that the other readings that were still
/// followed at the end have in their common probability.
pub fn search(scores: &NdTensorView<f32, 2>, language: &Language) -> (Vec<usize>, f32) {
    let mut tree = Tree::new();
    let mut beginnings = vec![Beginning { node: 0, open: 1.0, held: 0.0 }];
    for frame in 0..scores.size(0) {
        let row = scores.slice(frame);
        let (nothing, offers) = offered(&row.to_slice());
        let mut next: Vec<Beginning> = Vec::with_capacity(beginnings.len() * (offers.len() + 1));
        for beginning in &beginnings {
            let whole = beginning.likelihood();
            let last = tree.class(beginning.node);
            at(&mut next, beginning.node).open += whole * nothing;
            for &(class, probability) in &offers {
                let mut grown = whole;
                if class == last {
                    at(&mut next, beginning.node).held += beginning.held * probability;
                    grown = beginning.open;
                }
                if grown > 0.0 {
                    let node = tree.child(beginning.node, class);
                    let weight = language.weight(last, class);
                    at(&mut next, node).held += grown * probability * weight;
                }
            }
        }
        next.sort_by(|one, other| other.likelihood().total_cmp(&one.likelihood()));
        next.truncate(WIDTH);
        // Only how they compare counts; products of hundreds of frames would vanish.
        let most = next.first().map_or(1.0, |best| best.likelihood().max(f64::MIN_POSITIVE));
        for beginning in &mut next {
            beginning.open /= most;
            beginning.held /= most;
        }
        beginnings = next;
    }
    let all: f64 = beginnings.iter().map(Beginning::likelihood).sum();
    beginnings.first().map_or((Vec::new(), 0.0), |best| {
        (tree.reading(best.node), (1.0 - best.likelihood() / all.max(f64::MIN_POSITIVE)) as f32)
    })
}

/// How likely "nothing" is, and the classes that are likely enough, likeliest first.
fn offered(row: &[f32]) -> (f64, Vec<(usize, f64)>) {
    let mut offers: Vec<(usize, f64)> = Vec::new();
    // Nearly all of thousands of classes are unlikely: they are passed over by the dozen.
    for (at, some) in row.chunks(CHUNK).enumerate() {
        if some.iter().filter(|probability| **probability > LEAST).count() > 0 {
            let likely = some.iter().enumerate().filter(|(_, probability)| **probability > LEAST);
            offers.extend(likely.map(|(class, &p)| (at * CHUNK + class, f64::from(p))));
        }
    }
    offers.retain(|(class, _)| *class != NOTHING);
    offers.sort_by(|one, other| other.1.total_cmp(&one.1));
    offers.truncate(OFFERS);
    (f64::from(row[NOTHING]), offers)
}

fn at(beginnings: &mut Vec<Beginning>, node: usize) -> &mut Beginning {
    let place = beginnings.iter().position(|beginning| beginning.node == node);
    let place = place.unwrap_or_else(|| {
        beginnings.push(Beginning { node, open: 0.0, held: 0.0 });
        beginnings.len() - 1
    });
    &mut beginnings[place]
}

/// Beginnings that share their own beginnings.
struct Tree {
    /// Parent and class.
    nodes: Vec<(usize, usize)>,
    children: HashMap<(usize, usize), usize>,
}

impl Tree {
    fn new() -> Self {
        Self { nodes: vec![(0, NOTHING)], children: HashMap::new() }
    }

    fn class(&self, node: usize) -> usize {
        self.nodes[node].1
    }

    fn child(&mut self, parent: usize, class: usize) -> usize {
        *self.children.entry((parent, class)).or_insert_with(|| {
            self.nodes.push((parent, class));
            self.nodes.len() - 1
        })
    }

    fn reading(&self, mut node: usize) -> Vec<usize> {
        let mut reading = Vec::new();
        while node != 0 {
            reading.push(self.class(node));
            node = self.nodes[node].0;
        }
        reading.reverse();
        reading
    }
}
