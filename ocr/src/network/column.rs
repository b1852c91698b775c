use chart::Rect;
use image::{GrayImage, Luma, imageops};

/// Darker pixels are ink.
const INK: u8 = 170;
/// What one more character costs, against a character's height off by one (squared).
const CHARACTER: f32 = 0.3;
/// Characters are hardly higher than they are wide.
const HIGHEST: f32 = 1.12;
/// A gap that is off by more than a character is a space, whatever its width.
const SPACE: f32 = 0.6;

/// A column of writing cut into its characters, which are laid side by side as a row: the network
/// reads rows.
pub struct Column {
    /// The characters from top to bottom, each in a square as wide as the column.
    places: Vec<(u32, u32)>,
    picture: GrayImage,
}

impl Column {
    /// `None` where no character is.
    pub fn of(picture: &GrayImage) -> Option<Self> {
        let pieces = pieces(picture);
        let em = ink_width(picture)?;
        let places = characters(&pieces, em as f32);
        (!places.is_empty()).then(|| Self { places, picture: picture.clone() })
    }

    /// The characters side by side; lying on their side as brackets and dashes of columns do, if
    /// `turned`.
    pub fn as_row(&self, turned: bool) -> GrayImage {
        let side = self.side();
        let mut row = GrayImage::from_pixel(side * self.places.len() as u32, side, Luma([255]));
        for (at, &(from, to)) in self.places.iter().enumerate() {
            let width = self.picture.width();
            let character = imageops::crop_imm(&self.picture, 0, from, width, to - from).to_image();
            let character = if turned { imageops::rotate270(&character) } else { character };
            let (x, y) = (
                (side - character.width().min(side)) / 2,
                (side - character.height().min(side)) / 2,
            );
            imageops::replace(&mut row, &character, i64::from(at as u32 * side + x), i64::from(y));
        }
        row
    }

    /// Which character a place of the row is of, and where that stands in the column.
    pub fn character(&self, in_row: Rect) -> (usize, Rect) {
        let middle = u32::midpoint(in_row.x0, in_row.x1);
        let at = ((middle / self.side()) as usize).min(self.places.len() - 1);
        let (from, to) = self.places[at];
        (at, Rect::new(0, from, self.picture.width(), to))
    }

    fn side(&self) -> u32 {
        let highest = self.places.iter().map(|(from, to)| to - from).max().unwrap_or(1);
        self.picture.width().max(highest)
    }
}

/// Runs of rows with ink.
fn pieces(picture: &GrayImage) -> Vec<(u32, u32)> {
    let mut pieces: Vec<(u32, u32)> = Vec::new();
    for (y, row) in picture.rows().enumerate() {
        let y = y as u32;
        if row.into_iter().any(|pixel| pixel.0[0] < INK) {
            match pieces.last_mut() {
                Some((_, end)) if *end == y => *end = y + 1,
                _ => pieces.push((y, y + 1)),
            }
        }
    }
    pieces
}

fn ink_width(picture: &GrayImage) -> Option<u32> {
    let inked = picture.enumerate_pixels().filter(|(_, _, pixel)| pixel.0[0] < INK);
    let (first, last) = inked.fold((u32::MAX, 0), |(a, b), (x, ..)| (a.min(x), b.max(x)));
    (first <= last).then(|| last + 1 - first)
}

/// Pieces gathered to characters: as high as the column is wide, in even steps. Characters that
/// touch are cut evenly.
fn characters(pieces: &[(u32, u32)], em: f32) -> Vec<(u32, u32)> {
    let pieces: Vec<(u32, u32)> = pieces.iter().flat_map(|&piece| cut(piece, em)).collect();
    // Least cost of everything up to piece `end` with the last character from piece `begin`.
    let count = pieces.len();
    let mut best: Vec<Vec<(f32, usize)>> = vec![Vec::new(); count];
    for end in 0..count {
        for begin in (0..=end).rev() {
            let height = (pieces[end].1 - pieces[begin].0) as f32 / em;
            if begin < end && height > HIGHEST {
                break;
            }
            let own = CHARACTER + (height - HIGHEST).max(0.0).powi(2);
            let middle = middle(&pieces, begin, end);
            let before = begin.checked_sub(1).map(|last| {
                let options = best[last].iter().enumerate().map(|(back, &(cost, _))| {
                    let step = (middle - self::middle(&pieces, last - back, last)) / em - 1.0;
                    (cost + step.powi(2).min(SPACE), back)
                });
                options.min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((f32::MAX, 0))
            });
            let (cost, back) = before.unwrap_or((0.0, 0));
            best[end].push((own + cost, back));
        }
    }
    let Some(mut end) = count.checked_sub(1) else { return Vec::new() };
    let cheapest = best[end].iter().enumerate().min_by(|a, b| a.1.0.total_cmp(&b.1.0));
    let mut back = cheapest.map_or(0, |(back, _)| back);
    let mut found = Vec::new();
    loop {
        let begin = end - back;
        found.push((pieces[begin].0, pieces[end].1));
        let before = best[end][back].1;
        let Some(last) = begin.checked_sub(1) else { break };
        (end, back) = (last, before);
    }
    found.reverse();
    found
}

fn middle(pieces: &[(u32, u32)], begin: usize, end: usize) -> f32 {
    f32::midpoint(pieces[begin].0 as f32, pieces[end].1 as f32)
}

fn cut((from, to): (u32, u32), em: f32) -> Vec<(u32, u32)> {
    let height = (to - from) as f32;
    let count = if height > em * 1.4 { (height / em).round().max(1.0) as u32 } else { 1 };
    (0..count)
        .map(|k| (from + (to - from) * k / count, from + (to - from) * (k + 1) / count))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strokes_are_gathered_to_characters_in_even_steps() {
        // 三, 二, 一 and 日 (two halves) of 40 pixels in steps of 44.
        let pieces =
            [(4, 8), (18, 22), (34, 38), (54, 58), (76, 80), (106, 110), (132, 150), (152, 172)];
        let found = characters(&pieces, 40.0);
        assert_eq!(found, [(4, 38), (54, 80), (106, 110), (132, 172)]);
    }

    #[test]
    fn a_row_holds_every_character_and_tells_where_it_stood() {
        let column = GrayImage::from_fn(60, 200, |x, y| {
            let ink = (10..50).contains(&x) && (y % 50 > 8) && (y % 50 < 48);
            Luma([if ink { 0 } else { 255 }])
        });
        let column = Column::of(&column).unwrap();
        let row = column.as_row(false);
        assert_eq!(row.dimensions(), (240, 60));
        let (at, place) = column.character(Rect::new(130, 10, 170, 50));
        assert_eq!((at, place), (2, Rect::new(0, 109, 60, 148)));
        assert!(Column::of(&GrayImage::from_pixel(30, 30, Luma([255]))).is_none());
    }
}
