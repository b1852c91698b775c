//! What a page shows, found by interpreting it without drawing.

use hayro::{
    hayro_interpret::{
        BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
        InterpreterCache, InterpreterSettings, Paint, SoftMask, TransformExt,
        font::{FontQuery, GlyphRun},
        interpret_page,
    },
    hayro_syntax::{Filter, object::Stream, page::Page},
    kurbo::{Affine, BezPath, Rect, Shape},
};
use image::metadata::Orientation;
use std::sync::{Arc, Mutex};

use crate::{Limits, Refusal, decode::jpeg::Jpeg};

/// How much of a page a picture may miss and still count as covering it: scanners round.
const MARGIN: f64 = 0.02;

/// Drawing operations of one page. A page full of text has some thousands; forms that draw each
/// other many times over reach any number with a kilobyte.
const MAX_OPERATIONS: u32 = 200_000;

/// What is on a page.
#[derive(Debug)]
pub(super) struct Marks {
    /// The page in points, as it is shown: cropped and turned.
    pub(super) page: Rect,
    pub(super) pictures: Vec<Placed>,
    /// Lines, fills, visible text, clipped or see-through pictures.
    pub(super) others: usize,
}

/// A picture and where it lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    /// Which of the page's pictures, in the order of drawing.
    pub(super) index: usize,
    pub(super) width: u32,
    pub(super) height: u32,
    /// From its pixels to points of the shown page.
    pub(super) transform: Affine,
}

/// Settings that say which fonts were asked for and not there.
pub(super) fn settings(missing_font: &Arc<Mutex<Option<String>>>) -> InterpreterSettings {
    let defaults = InterpreterSettings::default();
    let resolve = defaults.font_resolver.clone();
    let missing = Arc::clone(missing_font);
    InterpreterSettings {
        font_resolver: Arc::new(move |query| {
            // Latin text has stand-ins; for Japanese there is none, and the text would be lost.
            if let FontQuery::Fallback(font) = query
                && font.character_collection.is_some()
            {
                let name = font.post_script_name.clone().or_else(|| font.font_name.clone());
                if let Ok(mut missing) = missing.lock() {
                    missing.get_or_insert(name.unwrap_or_else(|| "?".to_owned()));
                }
            }
            resolve(query)
        }),
        ..defaults
    }
}

/// Goes over a page. Refuses pictures beyond the limits before anyone decodes them.
pub(super) fn on(page: &Page<'_>, number: u32, limits: &Limits) -> Result<Marks, Refusal> {
    let (width, height) = page.render_dimensions();
    let shown = Rect::new(0.0, 0.0, width.into(), height.into());
    let missing_font = Arc::default();
    let cache = InterpreterCache::new();
    let mut context = Context::new(
        page.initial_transform(true).to_kurbo(),
        shown,
        &cache,
        page.xref(),
        settings(&missing_font),
    );
    let mut recorder = Recorder {
        marks: Marks { page: shown, pictures: Vec::new(), others: 0 },
        clips: Vec::new(),
        groups: Vec::new(),
        n_operations: 0,
        n_pictures: 0,
        visible_text: false,
        number,
        limits,
        refusal: None,
    };
    interpret_page(page, &mut context, &mut recorder);
    if let Some(refusal) = recorder.refusal {
        return Err(refusal);
    }
    let missing = missing_font.lock().ok().and_then(|mut font| font.take());
    match missing {
        Some(font) if recorder.visible_text => Err(Refusal::FontNotEmbedded { page: number, font }),
        _ => Ok(recorder.marks),
    }
}

impl Marks {
    /// The picture, if the page is one picture in a straight position and nothing else.
    pub(super) fn only_picture(&self) -> Option<Placed> {
        match self.pictures[..] {
            [placed] if self.others == 0 && placed.turn().is_some() => Some(placed),
            _ => None,
        }
    }

    /// Pixels a point of the finest picture that takes part in the look of the page.
    pub(super) fn finest(&self) -> f64 {
        const AT_LEAST: f64 = 0.1;
        self.pictures
            .iter()
            .filter(|placed| {
                placed.on_page().intersect(self.page).area() > AT_LEAST * self.page.area()
            })
            .map(|placed| {
                let [a, b, c, d, _, _] = placed.transform.as_coeffs();
                1.0 / a.hypot(b).min(c.hypot(d)).max(f64::EPSILON)
            })
            .fold(0.0, f64::max)
    }
}

impl Placed {
    /// Where it lies on the page.
    pub(super) fn on_page(&self) -> Rect {
        let pixels = Rect::new(0.0, 0.0, self.width.into(), self.height.into());
        self.transform.transform_rect_bbox(pixels)
    }

    /// How its pixels must be turned to lie as they do on the page; `None` if it lies askew.
    pub(super) fn turn(&self) -> Option<Orientation> {
        let [a, b, c, d, _, _] = self.transform.as_coeffs();
        let straight = |big: [f64; 2], small: [f64; 2]| {
            let least = big[0].abs().min(big[1].abs());
            least > 0.0 && small.iter().all(|shear| shear.abs() < least * 1e-3)
        };
        if straight([a, d], [b, c]) {
            Some(match (a > 0.0, d > 0.0) {
                (true, true) => Orientation::NoTransforms,
                (false, false) => Orientation::Rotate180,
                (false, true) => Orientation::FlipHorizontal,
                (true, false) => Orientation::FlipVertical,
            })
        } else if straight([b, c], [a, d]) {
            Some(match (b > 0.0, c > 0.0) {
                (true, false) => Orientation::Rotate90,
                (false, true) => Orientation::Rotate270,
                (true, true) => Orientation::Rotate90FlipH,
                (false, false) => Orientation::Rotate270FlipH,
            })
        } else {
            None
        }
    }
}

/// Notes what is drawn.
struct Recorder<'l> {
    marks: Marks,
    /// Bounding boxes of the clips in force.
    clips: Vec<Rect>,
    /// Whether each transparency group in force leaves its contents as they are.
    groups: Vec<bool>,
    n_operations: u32,
    n_pictures: usize,
    visible_text: bool,
    number: u32,
    limits: &'l Limits,
    refusal: Option<Refusal>,
}

impl Recorder<'_> {
    /// The interpreter cannot be told to stop; unwinding through it to the guard around every
    /// decoder is the one way out. No panic message is printed.
    fn count(&mut self) {
        self.n_operations += 1;
        if self.n_operations > MAX_OPERATIONS {
            std::panic::resume_unwind(Box::new("too many drawing operations"));
        }
    }

    fn is_hidden(&self, area: Rect) -> bool {
        let seen = self.clips.iter().fold(self.marks.page, |seen, clip| seen.intersect(*clip));
        let seen = seen.intersect(area.inflate(0.01, 0.01));
        seen.width() <= 0.0 || seen.height() <= 0.0
    }

    /// Whether page and clips show (nearly) all of it.
    fn is_whole(&self, area: Rect) -> bool {
        let slack = MARGIN * area.width().max(area.height());
        self.clips
            .iter()
            .chain([&self.marks.page])
            .all(|clip| clip.inflate(slack, slack).union(area) == clip.inflate(slack, slack))
    }

    fn covers_page(&self, area: Rect) -> bool {
        let page = self.marks.page;
        let slack = MARGIN * page.width().max(page.height());
        area.inflate(slack, slack).union(page) == area.inflate(slack, slack)
    }

    fn note(&mut self, area: Rect, is_paper: bool) {
        // White under everything is the paper of some producers.
        let is_paper = is_paper && self.marks.pictures.is_empty() && self.marks.others == 0;
        if !is_paper && !self.is_hidden(area) {
            self.marks.others += 1;
        }
    }
}

impl<'a> Device<'a> for Recorder<'_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.count();
        if matches!(mode, DrawMode::Invisible) || path.elements().is_empty() {
            return;
        }
        let is_white = match &props.paint {
            Paint::Color(colour) => colour.to_rgba().to_rgba8() == [255; 4],
            Paint::Pattern(_) => false,
        };
        let area = props.transform.transform_rect_bbox(path.bounding_box());
        let is_fill = matches!(mode, DrawMode::Fill(_));
        // A line may be wider than its path; that it lies outside is said of fills only.
        let area = if is_fill { area } else { self.marks.page };
        self.note(area, is_white && is_fill);
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.count();
        self.clips.push(clip.path.bounding_box());
    }

    fn push_clip_rect(&mut self, rect: &Rect) {
        self.count();
        self.clips.push(*rect);
    }

    fn pop_clip(&mut self) {
        self.clips.pop();
    }

    fn push_transparency_group(
        &mut self,
        opacity: f32,
        mask: Option<SoftMask<'a>>,
        blend_mode: BlendMode,
    ) {
        self.count();
        let plain = opacity >= 1.0 && mask.is_none() && blend_mode == BlendMode::Normal;
        self.groups.push(plain);
    }

    fn pop_transparency_group(&mut self) {
        self.groups.pop();
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, _: DrawProps<'a>, mode: &DrawMode) {
        self.count();
        // Invisible text is what an earlier recognition left behind.
        if !matches!(mode, DrawMode::Invisible) && !run.glyphs().is_empty() {
            self.visible_text = true;
            self.marks.others += 1;
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.count();
        let index = self.n_pictures;
        self.n_pictures += 1;
        let (width, height) = (image.width(), image.height());
        let stream = match &image {
            Image::Raster(raster) => raster.stream(),
            Image::Stencil(stencil) => stencil.stream(),
        };
        if let Err(refusal) = check_picture(stream, self.number, (width, height), self.limits) {
            self.refusal.get_or_insert(refusal);
            return;
        }
        let placed = Placed { index, width, height, transform: props.transform };
        let area = placed.on_page();
        if self.is_hidden(area) {
            return;
        }
        let is_opaque = is_opaque(&image)
            && self.groups.iter().all(|&plain| plain)
            && props.soft_mask.is_none()
            && props.blend_mode == BlendMode::Normal;
        if is_opaque && self.is_whole(area) && self.covers_page(area) {
            // Whatever lies under it cannot be seen.
            self.marks.pictures.clear();
            self.marks.others = 0;
            self.visible_text = false;
        } else if !(self.is_whole(area) && (is_opaque || self.is_first_stencil(&image))) {
            self.marks.others += 1;
        }
        self.marks.pictures.push(placed);
    }
}

impl Recorder<'_> {
    /// Black through a mask on empty paper: how many fax pages are put into PDF.
    fn is_first_stencil(&self, image: &Image<'_, '_>) -> bool {
        matches!(image, Image::Stencil(_))
            && self.groups.iter().all(|&plain| plain)
            && self.marks.pictures.is_empty()
            && self.marks.others == 0
    }
}

fn is_opaque(image: &Image<'_, '_>) -> bool {
    match image {
        Image::Stencil(_) => false,
        Image::Raster(raster) => {
            let dict = raster.stream().dict();
            !["SMask", "Mask", "SMaskInData"].iter().any(|key| dict.contains_key(key))
        }
    }
}

/// Refuses a picture that is larger than allowed, by what its dictionary and its own header say.
fn check_picture(
    stream: &Stream<'_>,
    number: u32,
    (width, height): (u32, u32),
    limits: &Limits,
) -> Result<(), Refusal> {
    limits.check_size(number, width, height)?;
    for mask in ["SMask", "Mask"] {
        if let Some(mask) = stream.dict().get::<Stream<'_>>(mask) {
            let side = |key| mask.dict().get::<u32>(key).unwrap_or(1);
            limits.check_size(number, side("Width"), side("Height"))?;
        }
    }
    match stream.filters().as_slice() {
        [Filter::DctDecode] => {
            let jpeg = Jpeg::read(&stream.raw_data(), number)
                .map_err(|refusal| super::picture::in_pdf(refusal, number))?;
            limits.check_size(number, jpeg.width, jpeg.height)
        }
        [Filter::JpxDecode] => match jpx_size(&stream.raw_data()) {
            Some((width, height)) => limits.check_size(number, width, height),
            None => Err(Refusal::damaged(number, "JPEG 2000 picture without a size")),
        },
        _ => Ok(()),
    }
}

/// The size in the SIZ segment of a JPEG 2000 codestream (ISO 15444-1, A.5.1).
fn jpx_size(data: &[u8]) -> Option<(u32, u32)> {
    let at = data.windows(4).position(|window| window == b"\xff\x4f\xff\x51")?;
    let number = |offset: usize| {
        Some(u32::from_be_bytes(data.get(at + offset..at + offset + 4)?.try_into().ok()?))
    };
    // Marker pairs, length, capabilities; then the far and the near corner of the picture.
    let (x1, y1, x0, y0) = (number(8)?, number(12)?, number(16)?, number(20)?);
    Some((x1.checked_sub(x0)?, y1.checked_sub(y0)?))
}
