//! The one picture of a scanned page, at its own resolution.

use std::sync::Arc;

use bytes::Bytes;
use hayro::{
    hayro_interpret::{
        BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageData,
        ImageDrawProps, InterpreterCache, LumaData, Paint, RasterImage, SoftMask, TransformExt,
        font::GlyphRun, interpret_page,
    },
    hayro_syntax::{
        Filter,
        object::{Array, Name, Object, Stream},
        page::Page,
    },
    kurbo::{BezPath, Rect},
};
use image::{DynamicImage, GrayImage, RgbImage, imageops::FilterType, metadata::Orientation};

use super::marks::{self, Placed};
use crate::{
    Format, Limits, Refusal,
    decode::{
        Trust,
        jpeg::{Jpeg, plausible_dpi},
    },
    picture::{Raster, WholePage, gray_if_colourless},
};

/// The picture as it lies on the page: a JPEG byte for byte where it stands upright, else pixels.
pub(super) fn of(
    page: &Page<'_>,
    placed: &Placed,
    number: u32,
    limits: &Limits,
    trust: Trust,
) -> Result<WholePage, Refusal> {
    let (width, height) = page.render_dimensions();
    let missing_font = Arc::default();
    let cache = InterpreterCache::new();
    let mut context = Context::new(
        page.initial_transform(true).to_kurbo(),
        Rect::new(0.0, 0.0, width.into(), height.into()),
        &cache,
        page.xref(),
        marks::settings(&missing_font),
    );
    let mut device = Taker { wanted: placed.index, seen: 0, number, taken: None };
    interpret_page(page, &mut context, &mut device);
    let taken = device.taken.unwrap_or_else(|| Err(Refusal::damaged(number, "no picture")))?;

    let turn = placed.turn().unwrap_or(Orientation::NoTransforms);
    let on_page = placed.on_page();
    let dpi_across = f64::from(placed.turned_size().0) / on_page.width() * 72.0;
    let dpi_down = f64::from(placed.turned_size().1) / on_page.height() * 72.0;
    let dpi = plausible_dpi(dpi_across.max(dpi_down));
    let (mut image, bilevel) = match taken {
        Taken::Jpeg(bytes) => {
            let jpeg = Jpeg::read(&bytes, number).map_err(|refusal| in_pdf(refusal, number))?;
            if turn == Orientation::NoTransforms {
                if trust == Trust::Nothing {
                    jpeg.decode(&bytes, number)?;
                }
                let mut whole = jpeg.as_it_is(jpeg.without_orientation(&bytes));
                if let WholePage::AsItIs { dpi: said, .. } = &mut whole {
                    *said = dpi;
                }
                return Ok(whole);
            }
            (jpeg.decode(&bytes, number)?, false)
        }
        Taken::Pixels { image, bilevel } => (image, bilevel),
    };
    image.apply_orientation(turn);
    if bilevel && let Some(stretched) = square_fax_pixels(&image, dpi_across, dpi_down) {
        image = stretched;
    }
    limits.check_size(number, image.width(), image.height())?;
    Ok(WholePage::Pixels(Raster { image, bilevel, dpi }))
}

impl Placed {
    fn turned_size(&self) -> (u32, u32) {
        match self.turn() {
            Some(
                Orientation::Rotate90
                | Orientation::Rotate270
                | Orientation::Rotate90FlipH
                | Orientation::Rotate270FlipH,
            ) => (self.height, self.width),
            _ => (self.width, self.height),
        }
    }
}

/// See the same of TIFF: faxes in standard resolution have pixels twice as high as wide.
fn square_fax_pixels(image: &DynamicImage, across: f64, down: f64) -> Option<DynamicImage> {
    let ratio = across / down;
    if (1.8..2.3).contains(&ratio) {
        let height = (f64::from(image.height()) * ratio).round() as u32;
        Some(image.resize_exact(image.width(), height, FilterType::Nearest))
    } else if (1.8..2.3).contains(&(1.0 / ratio)) {
        let width = (f64::from(image.width()) / ratio).round() as u32;
        Some(image.resize_exact(width, image.height(), FilterType::Nearest))
    } else {
        None
    }
}

/// What is wrong with a picture, said of the PDF that holds it.
pub(super) fn in_pdf(refusal: Refusal, number: u32) -> Refusal {
    match refusal {
        Refusal::Truncated { .. } => Refusal::truncated(Format::Pdf, number),
        Refusal::Unsupported { what, .. } => Refusal::unsupported(Format::Pdf, number, what),
        other => other,
    }
}

enum Taken {
    Jpeg(Bytes),
    Pixels { image: DynamicImage, bilevel: bool },
}

/// Takes one picture out of the page's drawing.
struct Taker {
    wanted: usize,
    seen: usize,
    number: u32,
    taken: Option<Result<Taken, Refusal>>,
}

impl<'a> Device<'a> for Taker {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_clip_rect(&mut self, _: &Rect) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_glyph_run(&mut self, _: &GlyphRun<'_, 'a>, _: DrawProps<'a>, _: &DrawMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}

    fn draw_image(&mut self, image: Image<'a, '_>, _: ImageDrawProps<'a>) {
        if self.seen == self.wanted {
            self.taken = Some(take(&image, self.number));
        }
        self.seen += 1;
    }
}

fn take(image: &Image<'_, '_>, number: u32) -> Result<Taken, Refusal> {
    let incomplete = || Refusal::damaged(number, "its picture is incomplete");
    let size = (image.width(), image.height());
    match image {
        Image::Raster(raster) => {
            if is_plain_jpeg(raster, number) {
                return Ok(Taken::Jpeg(raster.stream().raw_data().into_owned().into()));
            }
            check_length(raster.stream(), number)?;
            let mut taken = None;
            raster.with_rgba(|data, _| taken = from_data(data, size), None);
            let image = taken.ok_or_else(incomplete)?;
            let bilevel = is_bilevel(&image);
            Ok(Taken::Pixels { image, bilevel })
        }
        Image::Stencil(stencil) => {
            check_length(stencil.stream(), number)?;
            let mut taken = None;
            stencil.with_stencil(|luma, paint| taken = painted(luma, paint, size), None);
            taken.map(|image| Taken::Pixels { image, bilevel: true }).ok_or_else(incomplete)
        }
    }
}

/// A JPEG whose bytes alone show what the PDF shows: no other colour space, no inversion.
fn is_plain_jpeg(raster: &RasterImage<'_>, number: u32) -> bool {
    let stream = raster.stream();
    let dict = stream.dict();
    if stream.filters().as_slice() != [Filter::DctDecode] || dict.contains_key("Decode") {
        return false;
    }
    let Ok(jpeg) = Jpeg::read(&stream.raw_data(), number) else { return false };
    let components = match dict.get::<Object<'_>>("ColorSpace") {
        None => Some(jpeg.components),
        Some(Object::Name(name)) => match name.as_ref() {
            b"DeviceGray" | b"CalGray" => Some(1),
            b"DeviceRGB" | b"CalRGB" => Some(3),
            _ => None,
        },
        Some(Object::Array(space)) => components_of(&space),
        _ => None,
    };
    // The transform of an Adobe segment is honoured by all; one in the dictionary only here.
    let transform = dict
        .get::<hayro::hayro_syntax::object::Dict<'_>>("DecodeParms")
        .and_then(|parms| parms.get::<u8>("ColorTransform"));
    jpeg.shows_everywhere()
        && components == Some(jpeg.components)
        && (transform.is_none() || jpeg.components == 1 || jpeg.adobe_transform == transform)
        && (jpeg.width, jpeg.height) == (raster.width(), raster.height())
}

fn components_of(space: &Array<'_>) -> Option<u8> {
    let mut parts = space.iter::<Object<'_>>();
    let Some(Object::Name(family)) = parts.next() else { return None };
    let family: Name<'_> = family;
    match family.as_ref() {
        b"CalGray" | b"DeviceGray" => Some(1),
        b"CalRGB" | b"DeviceRGB" => Some(3),
        b"ICCBased" => match parts.next() {
            Some(Object::Stream(profile)) => profile.dict().get("N"),
            _ => None,
        },
        _ => None,
    }
}

/// Readers fill up what a stream lacks; here a picture must have all its rows.
fn check_length(stream: &Stream<'_>, number: u32) -> Result<(), Refusal> {
    let is_plain = |filter: &Filter| {
        matches!(
            filter,
            Filter::FlateDecode
                | Filter::LzwDecode
                | Filter::RunLengthDecode
                | Filter::Ascii85Decode
                | Filter::AsciiHexDecode
        )
    };
    if !stream.filters().iter().all(is_plain) {
        return Ok(());
    }
    let dict = stream.dict();
    let side = |key, short| dict.get::<u32>(key).or_else(|| dict.get(short)).unwrap_or_default();
    let bits = if dict.get::<bool>("ImageMask").or_else(|| dict.get("IM")) == Some(true) {
        1
    } else {
        u64::from(side("BitsPerComponent", "BPC"))
    };
    // At least one component; what more there is depends on the colour space.
    let row = (u64::from(side("Width", "W")) * bits).div_ceil(8);
    let needed = row * u64::from(side("Height", "H"));
    let data = stream
        .decoded_data()
        .map_err(|_| Refusal::damaged(number, "its picture cannot be decompressed"))?;
    if (data.len() as u64) < needed {
        return Err(Refusal::damaged(number, "its picture is incomplete"));
    }
    Ok(())
}

fn from_data(data: ImageData, size: (u32, u32)) -> Option<DynamicImage> {
    let (width, height) = (data.width(), data.height());
    // A reader that found fewer rows says so in the height.
    let is_whole = match &data {
        ImageData::Rgb(rgb) => rgb.scale_factors == (1.0, 1.0),
        ImageData::Luma(luma) => luma.scale_factors == (1.0, 1.0),
    };
    if !is_whole || (width, height) != size {
        return None;
    }
    match data {
        ImageData::Rgb(rgb) => RgbImage::from_raw(width, height, rgb.data).map(gray_if_colourless),
        ImageData::Luma(luma) => {
            GrayImage::from_raw(width, height, luma.data).map(DynamicImage::ImageLuma8)
        }
    }
}

/// The colour of the paint where the mask says so, white paper elsewhere.
fn painted(luma: LumaData, paint: &Paint<'_>, size: (u32, u32)) -> Option<DynamicImage> {
    if (luma.width, luma.height) != size {
        return None;
    }
    let ink = match paint {
        Paint::Color(colour) => {
            let [r, g, b, _] = colour.to_rgba().to_rgba8();
            image::Rgb([r, g, b])
        }
        Paint::Pattern(_) => return None,
    };
    let ink = image::Pixel::to_luma(&ink).0[0];
    let gray = luma.data.into_iter().map(|cover| {
        let cover = u32::from(cover);
        ((u32::from(ink) * cover + 255 * (255 - cover)) / 255) as u8
    });
    GrayImage::from_raw(size.0, size.1, gray.collect()).map(DynamicImage::ImageLuma8)
}

fn is_bilevel(image: &DynamicImage) -> bool {
    match image {
        DynamicImage::ImageLuma8(gray) => gray.as_raw().iter().all(|&p| p == 0 || p == 255),
        _ => false,
    }
}
