use chart::Rect;

/// A projective map of the plane, row by row; the last coefficient is 1.
///
/// Places found on the picture that was read go back to the upright page through it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mapping([f64; 9]);

impl Mapping {
    /// Everything stays where it is.
    pub const IDENTITY: Self = Self([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);

    /// A turn by `radians` (clockwise on the page, whose y runs down) that brings the middle of a
    /// picture of size `from` to the middle of one of size `to`.
    pub fn rotation(radians: f64, from: (u32, u32), to: (u32, u32)) -> Self {
        let (sin, cos) = radians.sin_cos();
        let (cx, cy) = (f64::from(from.0) / 2.0, f64::from(from.1) / 2.0);
        let (to_x, to_y) = (f64::from(to.0) / 2.0, f64::from(to.1) / 2.0);
        Self([
            cos,
            -sin,
            to_x - cos * cx + sin * cy,
            sin,
            cos,
            to_y - sin * cx - cos * cy,
            0.0,
            0.0,
            1.0,
        ])
    }

    /// The map that takes the corners of a `width` × `height` picture (upper left, upper right,
    /// lower right, lower left) to those of a quadrangle.
    pub fn to_quadrangle(width: u32, height: u32, corners: [(f64, f64); 4]) -> Self {
        // Heckbert's square to quadrangle, on a square that is stretched to the picture.
        let [(x0, y0), (x1, y1), (x2, y2), (x3, y3)] = corners;
        let (dx1, dx2, sx) = (x1 - x2, x3 - x2, x0 - x1 + x2 - x3);
        let (dy1, dy2, sy) = (y1 - y2, y3 - y2, y0 - y1 + y2 - y3);
        let determinant = dx1 * dy2 - dx2 * dy1;
        let g = (sx * dy2 - dx2 * sy) / determinant;
        let h = (dx1 * sy - sx * dy1) / determinant;
        let (w, t) = (f64::from(width), f64::from(height));
        Self([
            (x1 - x0 + g * x1) / w,
            (x3 - x0 + h * x3) / t,
            x0,
            (y1 - y0 + g * y1) / w,
            (y3 - y0 + h * y3) / t,
            y0,
            g / w,
            h / t,
            1.0,
        ])
    }

    /// This map after `first`.
    #[must_use]
    pub fn after(&self, first: &Self) -> Self {
        let (a, b) = (&self.0, &first.0);
        let mut product = [0.0; 9];
        for row in 0..3 {
            for column in 0..3 {
                product[row * 3 + column] =
                    (0..3).map(|k| a[row * 3 + k] * b[k * 3 + column]).sum();
            }
        }
        Self(product)
    }

    /// The same map for pictures that are `factor` times as large.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        let mut m = self.0;
        m[2] *= factor;
        m[5] *= factor;
        m[6] /= factor;
        m[7] /= factor;
        Self(m)
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
        let turn = Mapping::rotation(std::f64::consts::FRAC_PI_2, (100, 100), (100, 100));
        assert_eq!(turn.rect(Rect::new(0, 0, 20, 10), 100, 100), Rect::new(90, 0, 100, 20));
    }

    #[test]
    fn corners_go_to_the_corners_of_the_quadrangle() {
        let corners = [(10.0, 20.0), (190.0, 5.0), (205.0, 290.0), (3.0, 310.0)];
        let map = Mapping::to_quadrangle(100, 150, corners);
        let ends = [(0.0, 0.0), (100.0, 0.0), (100.0, 150.0), (0.0, 150.0)];
        for ((x, y), corner) in ends.into_iter().zip(corners) {
            let (to_x, to_y) = map.point(x, y);
            assert!((to_x - corner.0).abs() < 1e-6 && (to_y - corner.1).abs() < 1e-6);
        }
        let twice = map.scaled(2.0).point(200.0, 0.0);
        assert!((twice.0 - 380.0).abs() < 1e-6 && (twice.1 - 10.0).abs() < 1e-6);
    }

    #[test]
    fn what_leaves_the_page_is_cut_at_its_edge() {
        let turn = Mapping::rotation(0.1, (100, 100), (100, 100));
        let rect = turn.rect(Rect::new(0, 0, 100, 100), 100, 100);
        assert_eq!(rect, Rect::new(0, 0, 100, 100));
    }
}
