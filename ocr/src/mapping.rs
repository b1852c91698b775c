use chart::Rect;
use imageproc::geometric_transformations::Projection;

/// A projective map of the plane.
///
/// Places found on the picture that was read go back to the upright page through it.
#[derive(Debug, Clone, Copy)]
pub struct Mapping(Option<Projection>);

impl Mapping {
    /// Everything stays where it is.
    pub const IDENTITY: Self = Self(None);

    /// A turn by `radians` (clockwise on the page, whose y runs down) that brings the middle of a
    /// picture of size `from` to the middle of one of size `to`.
    pub fn rotation(radians: f64, from: (u32, u32), to: (u32, u32)) -> Self {
        let half = |size: (u32, u32)| (size.0 as f32 / 2.0, size.1 as f32 / 2.0);
        let ((from_x, from_y), (to_x, to_y)) = (half(from), half(to));
        let turn = Projection::translate(-from_x, -from_y)
            .and_then(Projection::rotate(radians as f32))
            .and_then(Projection::translate(to_x, to_y));
        Self(Some(turn))
    }

    /// The map that takes the corners of a `width` × `height` picture (upper left, upper right,
    /// lower right, lower left) to those of a quadrangle; `None` of corners that lie on one line.
    pub fn to_quadrangle(width: u32, height: u32, corners: [(f64, f64); 4]) -> Option<Self> {
        let (width, height) = (width as f32, height as f32);
        let sheet = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)];
        let corners = corners.map(|(x, y)| (x as f32, y as f32));
        Projection::from_control_points(sheet, corners).map(|map| Self(Some(map)))
    }

    /// Whether everything stays where it is.
    pub const fn is_identity(&self) -> bool {
        self.0.is_none()
    }

    /// This map after `first`.
    #[must_use]
    pub fn after(&self, first: &Self) -> Self {
        Self(match (first.0, self.0) {
            (Some(first), Some(then)) => Some(first.and_then(then)),
            (first, then) => first.or(then),
        })
    }

    /// The same map for pictures that are `factor` times as large.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        let factor = factor as f32;
        Self(self.0.map(|map| {
            Projection::scale(factor.recip(), factor.recip())
                .and_then(map)
                .and_then(Projection::scale(factor, factor))
        }))
    }

    /// Where a point goes.
    pub fn point(&self, x: f64, y: f64) -> (f64, f64) {
        self.0.map_or((x, y), |map| {
            let (x, y) = map * (x as f32, y as f32);
            (f64::from(x), f64::from(y))
        })
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
        let map = Mapping::to_quadrangle(100, 150, corners).unwrap();
        let ends = [(0.0, 0.0), (100.0, 0.0), (100.0, 150.0), (0.0, 150.0)];
        for ((x, y), corner) in ends.into_iter().zip(corners) {
            let (to_x, to_y) = map.point(x, y);
            assert!((to_x - corner.0).abs() < 1e-3 && (to_y - corner.1).abs() < 1e-3);
        }
        let twice = map.scaled(2.0).point(200.0, 0.0);
        assert!((twice.0 - 380.0).abs() < 1e-3 && (twice.1 - 10.0).abs() < 1e-3);
    }

    #[test]
    fn what_leaves_the_page_is_cut_at_its_edge() {
        let turn = Mapping::rotation(0.1, (100, 100), (100, 100));
        let rect = turn.rect(Rect::new(0, 0, 100, 100), 100, 100);
        assert_eq!(rect, Rect::new(0, 0, 100, 100));
    }
}
