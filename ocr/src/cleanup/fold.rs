use std::ops::Range;

use image::{GrayImage, Luma};

use crate::layout::THICKEST_RULE;

/// Pixels of the page, along a fold, in which its shade is taken as the same: folds are seldom level, and
/// lines of writing must not fill it.
const BAND: u32 = 128;
/// Rows that are counted in looking for upright folds: one of so many.
const STEP: usize = 2;
/// This share of a fold's pixels is lighter than its shade: the rest may be writing across it.
const LIGHTEST: f32 = 0.3;
/// What is darker than paper by this is a fold.
const DARKER: u8 = 25;
/// What is darker than this is black: the core of a fold, or a border.
const BLACK: u8 = 80;
/// The core of a fold is at most so many widths of a rule thick.
const CORE: usize = 2;
/// No shade is taken to be darker: ink in it could not be told from noise.
const DARKEST: u8 = 30;
/// How far beyond what was found a fold runs out, in widths of a rule.
const SEAM: usize = 2;
/// Of so many bands before and as many behind ...
const AROUND: usize = 2;
/// ... all but one must hold the fold too: it runs on and on, and bold writing does not.
const GAPS: usize = 1;

/// Divides the shade of folds, of gutters and of streaks out of a flat, straight page. They are narrow
/// and run on and on, so that along them their shade can be told from the writing that crosses them.
pub fn lift_folds(flat: &mut GrayImage) {
    let (width, height) = flat.dimensions();
    let widest = (width.max(height) as usize / THICKEST_RULE).max(4) + 1;
    let bands =
        |side: u32| (0..side).step_by(BAND as usize).map(move |at| at..(at + BAND).min(side));
    let upright: Vec<Band> = bands(height)
        .map(|rows| {
            let mut band = Band::new(width);
            for y in rows.step_by(STEP) {
                band.add_all(&flat.as_raw()[y as usize * width as usize..][..width as usize]);
            }
            band
        })
        .collect();
    for (rows, x) in lasting(&upright, bands(height), widest) {
        let shade = shade(rows.clone().map(|y| flat.get_pixel(x, y).0[0]));
        rows.for_each(|y| lift(flat.get_pixel_mut(x, y), shade));
    }
    let level: Vec<Band> = bands(width)
        .map(|columns| {
            let mut band = Band::new(height);
            for (y, row) in flat.as_raw().chunks_exact(width as usize).enumerate() {
                band.add_at(y, &row[columns.start as usize..columns.end as usize]);
            }
            band
        })
        .collect();
    for (columns, y) in lasting(&level, bands(width), widest) {
        let shade = shade(columns.clone().map(|x| flat.get_pixel(x, y).0[0]));
        columns.for_each(|x| lift(flat.get_pixel_mut(x, y), shade));
    }
}

/// A stretch of the page, over its whole width: what of each place across it is dark, and what black.
struct Band {
    dark: Vec<u16>,
    black: Vec<u16>,
    counted: u16,
}

impl Band {
    fn new(across: u32) -> Self {
        let none = vec![0; across as usize];
        Self { dark: none.clone(), black: none, counted: 0 }
    }

    /// Counts a pixel of each place.
    fn add_all(&mut self, greys: &[u8]) {
        for ((dark, black), grey) in self.dark.iter_mut().zip(&mut self.black).zip(greys) {
            *dark += u16::from(*grey <= 255 - DARKER);
            *black += u16::from(*grey < BLACK);
        }
        self.counted += 1;
    }

    /// Counts all pixels of one place.
    fn add_at(&mut self, place: usize, greys: &[u8]) {
        self.dark[place] = greys.iter().map(|grey| u16::from(*grey <= 255 - DARKER)).sum();
        self.black[place] = greys.iter().map(|grey| u16::from(*grey < BLACK)).sum();
        self.counted = greys.len() as u16;
    }

    /// Where what runs along it is dark.
    fn dark_runs(&self) -> Vec<(usize, usize)> {
        runs(&self.dark, |count| self.is_most(count))
    }

    /// Which places may lie in folds: where what is dark is broader than a rule, and a little beyond.
    fn may_be_folds(&self, widest: usize) -> Vec<bool> {
        let mut may_be = vec![false; self.dark.len()];
        for run in self.dark_runs().into_iter().filter(|(from, to)| to - from > widest) {
            fill_with_seams(&mut may_be, run, widest);
        }
        for (from, to) in runs(&self.black, |count| self.is_most(count)) {
            if to - from > widest * CORE {
                may_be[from..to].fill(false);
            }
        }
        may_be
    }

    fn is_most(&self, count: u16) -> bool {
        f32::from(count) > f32::from(self.counted) * (1.0 - LIGHTEST)
    }
}

fn fill_with_seams(places: &mut [bool], (from, to): (usize, usize), widest: usize) {
    let seam = widest * SEAM;
    let end = (to + seam).min(places.len());
    places[from.saturating_sub(seam)..end].fill(true);
}

/// Where `is` holds one after the other.
fn runs(counts: &[u16], is: impl Fn(u16) -> bool) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    let mut at = 0;
    while at < counts.len() {
        let length = counts[at..].iter().take_while(|count| is(**count)).count();
        if length > 0 {
            runs.push((at, at + length));
        }
        at += length + 1;
    }
    runs
}

/// Places in folds that go on before and behind: the stretch of their band, and where they lie across.
fn lasting(
    bands: &[Band],
    stretches: impl Iterator<Item = Range<u32>>,
    widest: usize,
) -> Vec<(Range<u32>, u32)> {
    let may_be: Vec<Vec<bool>> = bands.iter().map(|band| band.may_be_folds(widest)).collect();
    let mut is_fold: Vec<Vec<bool>> = (0..bands.len())
        .map(|at| {
            let near = &may_be[at.saturating_sub(AROUND)..(at + AROUND + 1).min(may_be.len())];
            let holding = |place: usize| near.iter().filter(|band| band[place]).count();
            let lasts = |place: usize| may_be[at][place] && holding(place) + GAPS >= near.len();
            (0..may_be[at].len()).map(lasts).collect()
        })
        .collect();
    // A fold goes on where it is as narrow as a rule, and behind a band in which it is lost.
    let last = bands.len().saturating_sub(1);
    let onwards = (1..bands.len()).map(|at| (at, at.saturating_sub(AROUND)..at));
    let backwards = (0..last).rev().map(|at| (at, at + 1..(at + 1 + AROUND).min(last + 1)));
    for (next, known) in onwards.chain(backwards) {
        for (from, to) in bands[next].dark_runs() {
            let goes_on = is_fold[known.clone()].iter().any(|band| band[from..to].contains(&true));
            if to - from <= widest && goes_on {
                fill_with_seams(&mut is_fold[next], (from, to), widest);
            }
        }
    }
    let places = |band: Vec<bool>| band.into_iter().enumerate().filter(|(_, is_fold)| *is_fold);
    let of_each = stretches.zip(is_fold);
    let found = of_each.flat_map(|(stretch, band)| {
        places(band).map(move |(place, _)| (stretch.clone(), place as u32))
    });
    found.collect()
}

/// How dark the paper is along a fold.
fn shade(greys: impl Iterator<Item = u8>) -> u8 {
    let mut greys: Vec<u8> = greys.collect();
    let middle = ((1.0 - LIGHTEST) * (greys.len() - 1) as f32) as usize;
    (*greys.select_nth_unstable(middle).1).max(DARKEST)
}

fn lift(Luma([grey]): &mut Luma<u8>, shade: u8) {
    *grey = (u16::from(*grey) * 255 / u16::from(shade)).min(255) as u8;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A fold of 30 pixels, dark in its middle, with rows of characters across it and a rule.
    fn page(turned: bool) -> GrayImage {
        GrayImage::from_fn(1200, 1200, |x, y| {
            let (x, y) = if turned { (y, x) } else { (x, y) };
            let fold = 1.0 - (1.0 - (f64::from(x) - 600.0).abs() / 15.0).max(0.0) * 0.6;
            let rule = (300..304).contains(&x);
            let writing = y % 60 < 24 && x % 12 < 4;
            let ink = if rule || writing { 60.0 } else { 255.0 };
            Luma([(ink * fold) as u8])
        })
    }

    #[test]
    fn a_fold_goes_and_writing_across_it_and_rules_stay() {
        for turned in [false, true] {
            let mut flat = page(turned);
            lift_folds(&mut flat);
            let at =
                |x: u32, y: u32| if turned { flat.get_pixel(y, x) } else { flat.get_pixel(x, y) };
            for x in 585..615 {
                assert!(at(x, 40).0[0] > 245, "paper at {x}");
            }
            assert!(at(601, 10).0[0] < 70 && at(613, 10).0[0] < 70, "writing");
            assert!(at(302, 40).0[0] < 70, "the rule");
        }
    }

    #[test]
    fn a_black_border_stays() {
        let border = |x: u32, _| Luma([if x < 100 { 20 } else { 255 }]);
        let mut flat = GrayImage::from_fn(600, 600, border);
        lift_folds(&mut flat);
        assert_eq!(flat, GrayImage::from_fn(600, 600, border));
    }
}
