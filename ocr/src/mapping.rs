use chart::Rect;

/// A projective map of the plane, row by row; the last coefficient is 1.
///
/// Places found on the picture that was read go back to the upright page through it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mapping([f64; 9]);

impl Mapping {
    /// Everything stays where it is.
    pub const IDENTITY: Self = Self([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);

    /// A turn by `radians` (clockwise on the page, whose y runs down) about the middle of a
    /// picture of the given size.
    pub fn rotation(radians: f64, width: u32, height: u32) -> Self {
        let (sin, cos) = radians.sin_cos();
        let (cx, cy) = (f64::from(width) / 2.0, f64::from(height) / 2.0);
        Self([
            cos,
            -sin,
            cx - cos * cx + sin * cy,
            sin,
            cos,
            cy - sin * cx - cos * cy,
            0.0,
            0.0,
            1.0,
        ])
    }

    /// Where a point goes.
    pub fn point(&self, x: f64, y: f64) -> (f64, f64) {
        let m = &self.0;
        let w = m[6] * x + m[7] * y + m[8];
        ((m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w)
    }

    /// The upright rectangle around where `rect` goes, cut at the page's edges.
    pub fn rect(&self, rect: Rect, width: u32, height: u32) -> Rect {
        let (x0, y0) = (f64::from(rect.x0), f64::from(rect.y0));
        let (x1, y1) = (f64::from(rect.x1), f64::from(rect.y1));
        let corners = [(x0, y0), (x1, y0), (x0, y1), (x1, y1)].map(|(x, y)| self.point(x, y));
        let on_page = |value: f64, limit: u32| value.round().clamp(0.0, f64::from(limit)) as u32;
        let xs = corners.map(|corner| on_page(corner.0, width));
        let ys = corners.map(|corner| on_page(corner.1, height));
        let least = |values: [u32; 4]| values.into_iter().fold(u32::MAX, u32::min);
        let most = |values: [u32; 4]| values.into_iter().fold(0, u32::max);
        Rect::new(least(xs), least(ys), most(xs), most(ys))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_turn_about_the_middle_swaps_the_sides() {
        let turn = Mapping::rotation(std::f64::consts::FRAC_PI_2, 100, 100);
        assert_eq!(turn.rect(Rect::new(0, 0, 20, 10), 100, 100), Rect::new(90, 0, 100, 20));
    }

    #[test]
    fn what_leaves_the_page_is_cut_at_its_edge() {
        let turn = Mapping::rotation(0.1, 100, 100);
        let rect = turn.rect(Rect::new(0, 0, 100, 100), 100, 100);
        assert_eq!(rect, Rect::new(0, 0, 100, 100));
    }
}
