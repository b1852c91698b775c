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
/// A bracket of a column is at least so wide and so high, and at most so high, in characters.
const BRACKET: (f32, f32, f32) = (0.55, 0.12, 0.45);
/// Its stroke is thinner than this.
const BRACKET_STROKE: f32 = 0.18;
/// Its ink stands in one half of its place: so far from the middle.
const BRACKET_OFF: f32 = 0.3;

/// Where a character stands.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place {
    from: u32,
    to: u32,
    /// It is a bracket that lies on its side.
    lies: bool,
}

/// A run of rows with ink.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Piece {
    from: u32,
    to: u32,
    /// Of a bracket, where the middle of its place is, in characters below its own.
    bracket: Option<f32>,
}

/// A column of writing cut into its characters, which are laid side by side as a row: the network
/// reads rows.
pub struct Column {
    /// The characters from top to bottom, each in a square as wide as the column.
    places: Vec<Place>,
    picture: GrayImage,
}

impl Column {
    /// `None` where no character is.
    pub fn of(picture: &GrayImage) -> Option<Self> {
        let em = ink_width(picture)? as f32;
        let pieces: Vec<Piece> = pieces(picture)
            .into_iter()
            .flat_map(|piece| cut(piece, em))
            .map(|(from, to)| Piece { from, to, bracket: bracket(picture, (from, to), em) })
            .collect();
        let places = characters(&pieces, em);
        (!places.is_empty()).then(|| Self { places, picture: picture.clone() })
    }

    /// The characters side by side, brackets set upright; all turned, as dashes of columns want to be, if
    /// `turned`.
    pub fn as_row(&self, turned: bool) -> GrayImage {
        let side = self.side();
        let mut row = GrayImage::from_pixel(side * self.places.len() as u32, side, Luma([255]));
        for (at, &Place { from, to, lies }) in self.places.iter().enumerate() {
            let width = self.picture.width();
            let character = imageops::crop_imm(&self.picture, 0, from, width, to - from).to_image();
            let character =
                if turned || lies { imageops::rotate270(&character) } else { character };
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
        let Place { from, to, .. } = self.places[at];
        (at, Rect::new(0, from, self.picture.width(), to))
    }

    fn side(&self) -> u32 {
        let highest = self.places.iter().map(|place| place.to - place.from).max().unwrap_or(1);
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

/// Whether a piece is a bracket lying over or under what it holds, and where the middle of its place is
/// then: one thin stroke that bends up or down, with both ends on one side.
fn bracket(picture: &GrayImage, (from, to): (u32, u32), em: f32) -> Option<f32> {
    let (widest, lowest, highest) = BRACKET;
    let height = (to - from) as f32 / em;
    if !(lowest..=highest).contains(&height) {
        return None;
    }
    // The middle of the stroke in each column of pixels.
    let mut strokes: Vec<f32> = Vec::new();
    for x in 0..picture.width() {
        let inked: Vec<u32> = (from..to).filter(|y| picture.get_pixel(x, *y).0[0] < INK).collect();
        let (Some(first), Some(last)) = (inked.first(), inked.last()) else {
            if strokes.is_empty() {
                continue;
            }
            break;
        };
        if (last + 1 - first) as f32 > BRACKET_STROKE * em {
            return None;
        }
        strokes.push(f32::midpoint(*first as f32, *last as f32));
    }
    if (strokes.len() as f32) < widest * em {
        return None;
    }
    let part = strokes.len() / 6;
    let mean = |part: &[f32]| part.iter().sum::<f32>() / part.len().max(1) as f32;
    let (left, right) = (mean(&strokes[..part]), mean(&strokes[strokes.len() - part..]));
    let middle = mean(&strokes[strokes.len() / 2 - part / 2..=strokes.len() / 2 + part / 2]);
    let bent = f32::midpoint(left, right) - middle;
    let rest = (to - from) as f32;
    let is_bent = bent.abs() > 0.4 * rest && (left - right).abs() < 0.4 * rest;
    // Above what it holds the ends hang down, and the middle of its place is above its own.
    is_bent.then(|| if bent > 0.0 { -BRACKET_OFF } else { BRACKET_OFF })
}

/// Pieces gathered to characters: as high as the column is wide, in even steps. A bracket is one by
/// itself.
fn characters(pieces: &[Piece], em: f32) -> Vec<Place> {
    // Least cost of everything up to piece `end` with the last character from piece `begin`.
    let count = pieces.len();
    let mut best: Vec<Vec<(f32, usize)>> = vec![Vec::new(); count];
    for end in 0..count {
        for begin in (0..=end).rev() {
            let height = (pieces[end].to - pieces[begin].from) as f32 / em;
            let brackets = || pieces[begin..=end].iter().any(|piece| piece.bracket.is_some());
            if begin < end && (height > HIGHEST || brackets()) {
                break;
            }
            let own = CHARACTER + (height - HIGHEST).max(0.0).powi(2);
            let middle = middle(pieces, begin, end, em);
            let before = begin.checked_sub(1).map(|last| {
                let options = best[last].iter().enumerate().map(|(back, &(cost, _))| {
                    let step = (middle - self::middle(pieces, last - back, last, em)) / em - 1.0;
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
        let lies = pieces[begin].bracket.is_some();
        found.push(Place { from: pieces[begin].from, to: pieces[end].to, lies });
        let before = best[end][back].1;
        let Some(last) = begin.checked_sub(1) else { break };
        (end, back) = (last, before);
    }
    found.reverse();
    found
}

/// The middle of the place of a character.
fn middle(pieces: &[Piece], begin: usize, end: usize, em: f32) -> f32 {
    let off = pieces[begin].bracket.unwrap_or(0.0) * em;
    f32::midpoint(pieces[begin].from as f32, pieces[end].to as f32) + off
}

/// Characters that touch, cut evenly.
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
        let pieces = pieces.map(|(from, to)| Piece { from, to, bracket: None });
        let found = characters(&pieces, 40.0);
        let found: Vec<(u32, u32)> = found.iter().map(|place| (place.from, place.to)).collect();
        assert_eq!(found, [(4, 38), (54, 80), (106, 110), (132, 172)]);
    }

    /// A column of 44 pixels a place: ︵, 一, 〇 as a block, ︶.
    fn in_brackets() -> GrayImage {
        GrayImage::from_fn(44, 44 * 4, |x, y| {
            let bend = (x as f32 - 22.0).powi(2) / 400.0 * 10.0;
            let near = |middle: f32| (y as f32 - middle).abs() < 2.0;
            let inside = (2..42).contains(&x);
            let over = near(30.0 + bend);
            let under = near(142.0 + 10.0 - bend);
            let one = (64..67).contains(&y);
            let block = (90..130).contains(&y);
            Luma([if inside && (over || under || one || block) { 0 } else { 255 }])
        })
    }

    #[test]
    fn a_bracket_takes_no_stroke_of_what_it_holds() {
        let column = Column::of(&in_brackets()).unwrap();
        assert_eq!(column.places.len(), 4, "{:?}", column.places);
        assert_eq!(column.places[1], Place { from: 64, to: 67, lies: false });
        let told = |at: usize| {
            let Place { from, to, .. } = column.places[at];
            bracket(&in_brackets(), (from, to), 40.0)
        };
        assert_eq!([told(0), told(1), told(3)], [Some(-BRACKET_OFF), None, Some(BRACKET_OFF)]);
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
