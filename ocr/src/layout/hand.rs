use super::{Parts, TextLine};

/// Edges of strokes that run exactly level or upright for this share of an em are straight.
const STRAIGHT: f32 = 0.3;

/// Share of the edges of a line's strokes that run exactly level or upright: type has straight
/// strokes, hands draw slightly slanted ones. `None` of too little ink to tell.
pub fn straightness(line: &TextLine, parts: &Parts) -> Option<f32> {
    let (x0, y0) = (line.bbox.x0 as usize, line.bbox.y0 as usize);
    let (width, height) = (line.bbox.width() as usize, line.bbox.height() as usize);
    let mut ink = vec![false; width * height];
    for &part in &line.parts {
        for (y, from, to) in parts.rows(part) {
            let row = (y as usize - y0) * width;
            ink[row + from as usize - x0..row + to as usize - x0].fill(true);
        }
    }
    let inked = |x: usize, y: usize| x < width && y < height && ink[y * width + x];
    let mut edges =
        Edges { least: (line.em as f32 * STRAIGHT).max(5.0) as u32, ..Edges::default() };
    for y in 0..height {
        for x in 0..width {
            edges.next(inked(x, y) && (y == 0 || !inked(x, y - 1)));
        }
        edges.next(false);
    }
    for x in 0..width {
        for y in 0..height {
            edges.next(inked(x, y) && (x == 0 || !inked(x - 1, y)));
        }
        edges.next(false);
    }
    (edges.all > line.em * 4).then(|| edges.straight as f32 / edges.all as f32)
}

/// Edges along rows and columns, a pixel at a time.
#[derive(Default)]
struct Edges {
    least: u32,
    run: u32,
    straight: u32,
    all: u32,
}

impl Edges {
    fn next(&mut self, is_edge: bool) {
        if is_edge {
            self.run += 1;
            return;
        }
        self.all += self.run;
        if self.run >= self.least {
            self.straight += self.run;
        }
        self.run = 0;
    }
}
