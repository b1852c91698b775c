use image::{GrayImage, Luma};

/// Pixels of the page, along a fold, in which its shade is taken as the same: folds are seldom level, and
/// lines of writing must not fill it.
const BAND: u32 = 128;
/// Every so many pixels along it one is looked at.
const STEP: u32 = 2;
/// This share of a fold's pixels is lighter than its shade: the rest may be writing across it.
const LIGHTEST: f32 = 0.3;
/// A band is wider than this share of the page's longer side: a rule is not (0.9 mm of A4, as in
/// `layout::rule`).
const WIDEST_RULE: u32 = 330;
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
    let widest = (flat.width().max(flat.height()) / WIDEST_RULE).max(4) as usize + 1;
    let (width, height) = flat.dimensions();
    let upright: Vec<Band> = (0..height)
        .step_by(BAND as usize)
        .map(|from| {
            let along = from..(from + BAND).min(height);
            Band::of(width, along, widest, |along, across| flat.get_pixel(across, along).0[0])
        })
        .collect();
    for (from, x, shade) in lasting(&upright) {
        (from..(from + BAND).min(height)).for_each(|y| lift(flat.get_pixel_mut(x, y), shade));
    }
    let level: Vec<Band> = (0..width)
        .step_by(BAND as usize)
        .map(|from| {
            let along = from..(from + BAND).min(width);
            Band::of(height, along, widest, |along, across| flat.get_pixel(along, across).0[0])
        })
        .collect();
    for (from, y, shade) in lasting(&level) {
        (from..(from + BAND).min(width)).for_each(|x| lift(flat.get_pixel_mut(x, y), shade));
    }
}

/// A stretch of the page, over its whole width.
struct Band {
    /// For each place across it the shade of what runs along it.
    shades: Vec<u8>,
    /// Whether that may be a fold's: what is dark is broader than a rule, and a little beyond.
    may_be_fold: Vec<bool>,
}

impl Band {
    fn of(
        across: u32,
        along: std::ops::Range<u32>,
        widest: usize,
        grey: impl Fn(u32, u32) -> u8,
    ) -> Self {
        let looked_at: Vec<u32> = along.step_by(STEP as usize).collect();
        let mut greys = vec![0; across as usize * looked_at.len()];
        for (row, &at) in looked_at.iter().enumerate() {
            for place in 0..across {
                greys[place as usize * looked_at.len() + row] = grey(at, place);
            }
        }
        let middle = ((1.0 - LIGHTEST) * (looked_at.len() - 1) as f32) as usize;
        let of_one = greys.chunks_exact_mut(looked_at.len());
        let shades: Vec<u8> = of_one.map(|greys| *greys.select_nth_unstable(middle).1).collect();
        let mut may_be_fold = vec![false; shades.len()];
        let seam = widest * SEAM;
        for (from, to) in runs(&shades, |shade| shade <= 255 - DARKER) {
            if to - from > widest {
                may_be_fold[from.saturating_sub(seam)..(to + seam).min(shades.len())].fill(true);
            }
        }
        for (from, to) in runs(&shades, |shade| shade < BLACK) {
            if to - from > widest * CORE {
                may_be_fold[from..to].fill(false);
            }
        }
        Self { shades, may_be_fold }
    }
}

/// Where `is` holds one after the other.
fn runs(shades: &[u8], is: impl Fn(u8) -> bool) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    let mut at = 0;
    while at < shades.len() {
        let length = shades[at..].iter().take_while(|shade| is(**shade)).count();
        if length > 0 {
            runs.push((at, at + length));
        }
        at += length + 1;
    }
    runs
}

/// Places in folds that go on before and behind: where their band begins, where they lie across it, and
/// their shade.
fn lasting(bands: &[Band]) -> Vec<(u32, u32, u8)> {
    let mut found = Vec::new();
    for (at, band) in bands.iter().enumerate() {
        let near = &bands[at.saturating_sub(AROUND)..(at + AROUND + 1).min(bands.len())];
        for place in (0..band.shades.len()).filter(|&place| band.may_be_fold[place]) {
            let holding = near.iter().filter(|band| band.may_be_fold[place]).count();
            if holding + GAPS >= near.len() {
                let shade = band.shades[place].max(DARKEST);
                found.push((at as u32 * BAND, place as u32, shade));
            }
        }
    }
    found
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
