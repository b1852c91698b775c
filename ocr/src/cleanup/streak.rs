use image::GrayImage;

/// What is darker than paper by this may be a streak.
const DARKER: u8 = 25;
/// A streak runs over this share of the rows: no rule of a form goes from edge to edge of the glass, and
/// none so straight that it keeps to its columns. On the five of the 40 pages of docs/reading.md that
/// have some they run over .99 and more, anything else there over .5 at most.
const ALL: f32 = 0.97;
/// Columns beside it that are dark over so much of the page are its seams.
const SEAM: f32 = 0.6;
/// So many pixels beside it, most rows are paper.
const BESIDE: usize = 4;
/// A streak is at most so many pixels wide: dirt is smaller than a stroke of a pen.
const WIDEST: usize = 5;

/// Takes the streaks off that dirt on the glass of a sheet feeder draws, from the upper edge of a scan to
/// the lower: each of their pixels becomes what stands beside it, so that strokes that cross them stay.
/// The page must lie as it was scanned.
pub fn take_streaks(flat: &mut GrayImage) {
    let width = flat.width() as usize;
    for streak in streaks(flat) {
        let (left, right) = (streak.start - 1, streak.end);
        let steps = (right - left) as i32;
        for row in flat.as_mut().chunks_exact_mut(width) {
            let (from, to) = (i32::from(row[left]), i32::from(row[right]));
            for (step, pixel) in (1..).zip(&mut row[streak.clone()]) {
                *pixel = (*pixel).max((from + (to - from) * step / steps) as u8);
            }
        }
    }
}

/// The columns of each, with their seams; paper lies to both sides.
fn streaks(flat: &GrayImage) -> Vec<std::ops::Range<usize>> {
    let (width, height) = (flat.width() as usize, flat.height() as usize);
    let mut dark = vec![0_u32; width];
    for row in flat.as_raw().chunks_exact(width.max(1)) {
        for (count, grey) in dark.iter_mut().zip(row) {
            *count += u32::from(*grey <= 255 - DARKER);
        }
    }
    let runs_over = |x: usize, share: f32| dark[x] as f32 >= height as f32 * share;
    let mut streaks = Vec::new();
    let mut x = BESIDE;
    while x + BESIDE < width {
        if !runs_over(x, ALL) {
            x += 1;
            continue;
        }
        let start = (0..x).rev().take_while(|&x| runs_over(x, SEAM)).last().unwrap_or(x);
        let end = (x..width).find(|&x| !runs_over(x, SEAM)).unwrap_or(width);
        let is_paper = |x: usize| !runs_over(x, 0.5);
        let alone = start >= BESIDE
            && end + BESIDE <= width
            && (start - BESIDE..start).chain(end..end + BESIDE).any(is_paper);
        if alone && end - start <= WIDEST {
            streaks.push(start..end);
        }
        x = end + 1;
    }
    streaks
}

#[cfg(test)]
mod tests {
    use image::Luma;

    use super::*;

    /// Rows of characters, an upright rule from 100 to 900, and `streak`.
    fn page(streak: impl Fn(u32) -> Option<u8>) -> GrayImage {
        GrayImage::from_fn(800, 1000, |x, y| {
            let rule = (300..303).contains(&x) && (100..900).contains(&y);
            let writing = y % 50 < 24 && (x % 24 < 4 || y % 50 < 4) && (40..760).contains(&x);
            let ink = if rule || writing { 40 } else { 255 };
            Luma([streak(x).map_or(ink, |grey| grey.min(ink))])
        })
    }

    #[test]
    fn a_streak_goes_and_writing_that_crosses_it_and_rules_stay() {
        for grey in [0, 150] {
            let mut flat = page(|x| (x == 430 || x == 431).then_some(grey));
            take_streaks(&mut flat);
            let dark = |x: u32, y: u32| flat.get_pixel(x, y).0[0] < 60;
            assert!(!(24..50).any(|y| dark(430, y) || dark(431, y)), "paper");
            assert!(dark(430, 2) && dark(431, 52), "a stroke that crosses it");
            assert!(dark(301, 500), "the rule");
        }
    }

    #[test]
    fn pages_without_streaks_stay_as_they_are() {
        let clean = page(|_| None);
        let mut flat = clean.clone();
        take_streaks(&mut flat);
        assert_eq!(flat, clean);
        // A black border is no streak.
        let bordered = page(|x| (x < 30).then_some(10));
        let mut flat = bordered.clone();
        take_streaks(&mut flat);
        assert_eq!(flat, bordered);
        take_streaks(&mut GrayImage::new(0, 0));
    }
}
