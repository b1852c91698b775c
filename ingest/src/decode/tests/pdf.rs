use super::*;
use crate::samples::{
    PdfFile, colours, group4, ink, jpeg, jpeg_turned, pdf_jpeg, pdf_page, scanned_pdf,
};

const FILL: &str = "q 595 0 0 842 0 0 cm /Im0 Do Q";

/// A PDF of one page with one JPEG.
fn one_jpeg(jpeg: &[u8], content: &str, entries: &str) -> Vec<u8> {
    let mut pdf = PdfFile::default();
    let picture = pdf_jpeg(&mut pdf, jpeg, 60, 80);
    let page = pdf_page(&mut pdf, content, &[("Im0", picture)], entries);
    pdf.finish(&[page])
}

/// A PDF of one page with one picture of other make.
fn one_picture(entries: &str, data: &[u8], content: &str) -> Vec<u8> {
    let mut pdf = PdfFile::default();
    let entries = format!("/Type /XObject /Subtype /Image {entries}");
    let picture = pdf.add_stream(&entries, data);
    let page = pdf_page(&mut pdf, content, &[("Im0", picture)], "");
    pdf.finish(&[page])
}

#[test]
fn a_scanned_jpeg_is_taken_out_byte_for_byte() {
    let jpegs = [jpeg(60, 80), jpeg(60, 80)];
    let source = open(scanned_pdf(&jpegs, 60, 80)).unwrap();
    assert_eq!((source.format(), source.n_pages()), (Format::Pdf, 2));
    let page = source.page(2).unwrap();
    assert_eq!(page.encoded, jpegs[1]);
    assert_eq!((page.width, page.height), (60, 80));
}

#[test]
fn a_turned_page_is_turned_without_compressing_again() {
    let plain = image::load_from_memory(&jpeg(60, 80)).unwrap();
    assert_eq!(pixels(one_jpeg(&jpeg(60, 80), FILL, "/Rotate 90")), plain.rotate90());
    assert_eq!(pixels(one_jpeg(&jpeg(60, 80), FILL, "/Rotate 180")), plain.rotate180());
    assert_eq!(pixels(one_jpeg(&jpeg(60, 80), FILL, "/Rotate -90")), plain.rotate270());
}

#[test]
fn a_picture_drawn_turned_or_mirrored_is_as_the_page_shows_it() {
    let plain = image::load_from_memory(&jpeg(60, 80)).unwrap();
    let drawn =
        |matrix: &str| pixels(one_jpeg(&jpeg(60, 80), &format!("q {matrix} cm /Im0 Do Q"), ""));
    assert_eq!(drawn("-595 0 0 -842 595 842"), plain.rotate180());
    assert_eq!(drawn("-595 0 0 842 595 0"), plain.fliph());
    assert_eq!(drawn("0 842 -595 0 595 0"), plain.rotate270());
    assert_eq!(drawn("0 -842 595 0 0 842"), plain.rotate90());
}

#[test]
fn exif_inside_a_pdf_turns_nothing() {
    let page = first(one_jpeg(&jpeg_turned(60, 80, 6), FILL, "")).unwrap();
    assert_eq!((page.width, page.height), (60, 80));
    assert_eq!(page.encoded, jpeg_turned(60, 80, 1));
}

#[test]
fn invisible_text_and_white_paper_do_not_hide_that_a_page_is_a_scan() {
    let content = "1 1 1 rg 0 0 595 842 re f q 595 0 0 842 0 0 cm /Im0 Do Q \
                   BT 3 Tr /F1 12 Tf 10 10 Td (recognised) Tj ET";
    let font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>";
    let mut pdf = PdfFile::default();
    let picture = pdf_jpeg(&mut pdf, &jpeg(60, 80), 60, 80);
    let stream = pdf.add_stream("", content.as_bytes());
    let page = pdf.add(format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {stream} 0 R \
         /Resources << /XObject << /Im0 {picture} 0 R >> /Font << /F1 {font} >> >> >>"
    ));
    assert_eq!(first(pdf.finish(&[page])).unwrap().encoded, jpeg(60, 80));
}

#[test]
fn a_stamp_over_the_scan_is_rendered_with_it() {
    let stamped = format!("{FILL} 1 0 0 rg 100 100 50 50 re f");
    let page = first(one_jpeg(&jpeg(60, 80), &stamped, "")).unwrap();
    assert_eq!((page.width, page.height, page.dpi), (2479, 3508, Some(300)));
    let pixels = crate::derive::decoded(&page).unwrap().to_rgb8();
    // 125 points from the left, 125 from below.
    let stamp = pixels.get_pixel(521, 3508 - 521);
    assert_eq!(stamp.0, [255, 0, 0]);
}

#[test]
fn a_picture_that_the_page_cuts_is_rendered_and_not_taken_out() {
    let larger = "q 1190 0 0 842 0 0 cm /Im0 Do Q";
    assert_eq!(first(one_jpeg(&jpeg(60, 80), larger, "")).unwrap().media_type, MediaType::Png);
    let clipped = format!("0 0 200 200 re W n {FILL}");
    assert_eq!(first(one_jpeg(&jpeg(60, 80), &clipped, "")).unwrap().media_type, MediaType::Png);
}

#[test]
fn fax_pictures_come_at_their_own_resolution_and_right_side_black() {
    let image = ink(61, 40);
    let entries = |more: &str, parms: &str| {
        format!(
            "/Width 61 /Height 40 /BitsPerComponent 1 {more} /Filter /CCITTFaxDecode \
             /DecodeParms << /K -1 /Columns 61 /Rows 40 {parms} >>"
        )
    };
    let data = group4(&image);
    // Square pixels, as the sheet of a scanner has them.
    let content = "q 549 0 0 360 0 400 cm /Im0 Do Q";
    let picture = one_picture(&entries("/ColorSpace /DeviceGray", ""), &data, content);
    let page = first(picture.clone()).unwrap();
    assert_eq!((page.width, page.height, page.media_type), (61, 40, MediaType::Png));
    assert_eq!(gray(picture), image);
    let stencil = one_picture(&entries("/ImageMask true", ""), &data, &format!("0 g {content}"));
    assert_eq!(gray(stencil), image);
}

#[test]
fn a_fax_picture_in_standard_resolution_gets_its_shape_back() {
    let entries = "/Width 61 /Height 40 /BitsPerComponent 1 /ColorSpace /DeviceGray \
                   /Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns 61 /Rows 40 >>";
    let page = one_picture(entries, &group4(&ink(61, 40)), "q 305 0 0 400 0 0 cm /Im0 Do Q");
    let page = first(page).unwrap();
    assert_eq!((page.width, page.height), (61, 80));
}

#[test]
fn a_fax_picture_that_ends_early_is_damaged() {
    let mut data = group4(&ink(200, 150));
    data.truncate(data.len() / 2);
    let entries = "/Width 200 /Height 150 /BitsPerComponent 1 /ColorSpace /DeviceGray \
                   /Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns 200 /Rows 150 >>";
    assert_eq!(code(one_picture(entries, &data, FILL)), "damaged");
}

#[test]
fn a_raw_picture_comes_as_it_is_and_an_incomplete_one_not_at_all() {
    let image = colours(60, 80);
    let entries = "/Width 60 /Height 80 /BitsPerComponent 8 /ColorSpace /DeviceRGB";
    assert_eq!(pixels(one_picture(entries, image.as_raw(), FILL)).to_rgb8(), image);
    let half = &image.as_raw()[..image.as_raw().len() / 2];
    assert_eq!(code(one_picture(entries, half, FILL)), "damaged");
}

#[test]
fn an_original_that_was_checked_gives_the_same_pictures() {
    let whole = scanned_pdf(&[jpeg(60, 80)], 60, 80);
    let limits = Limits::default();
    assert_eq!(page_picture(whole.clone(), 1, &limits), first(whole));
    assert_eq!(page_picture(jpeg(60, 80), 1, &limits), first(jpeg(60, 80)));
    assert_eq!(page_picture(jpeg_turned(60, 80, 6), 1, &limits), first(jpeg_turned(60, 80, 6)));
}

#[test]
fn a_cut_off_jpeg_inside_a_whole_pdf_is_found() {
    let whole = jpeg(60, 80);
    let half = &whole[..whole.len() / 2];
    assert_eq!(code(one_jpeg(half, FILL, "")), "truncated");
}

#[test]
fn a_pdf_is_truncated_wherever_it_is_cut() {
    let whole = scanned_pdf(&[jpeg(60, 80), jpeg(60, 80)], 60, 80);
    let end = whole.len() - b"%%EOF\n".len();
    for length in (10..end + 4).step_by(3) {
        assert_eq!(code(whole[..length].to_vec()), "truncated", "{length}");
    }
}

#[test]
fn a_version_that_was_cut_while_it_was_appended_is_truncated() {
    let whole = scanned_pdf(&[jpeg(60, 80)], 60, 80);
    let appended = [&whole[..], b"9 0 obj\n<< /Type /Page"].concat();
    assert_eq!(code(appended), "truncated");
}

#[test]
fn a_linearized_pdf_shorter_than_it_says_is_truncated() {
    let mut pdf = PdfFile::default();
    let page = pdf_page(&mut pdf, "", &[], "");
    let whole = pdf.finish(&[page]);
    let header = b"%PDF-1.5\n";
    let with = |length: usize| {
        let first = format!("9 0 obj\n<< /Linearized 1 /L {length} /O 5 >>\nendobj\n");
        [&header[..], first.as_bytes(), &whole[header.len()..]].concat()
    };
    let honest = with(100).len();
    assert!(first(with(honest)).is_ok());
    assert_eq!(code(with(99_999)), "truncated");
}

#[test]
fn a_page_that_the_tree_counts_and_nobody_finds_is_missed() {
    let mut pdf = PdfFile::default();
    let page = pdf_page(&mut pdf, "", &[], "");
    let whole = pdf.finish(&[page, 99]);
    let refused = open(whole).map(|_| ()).unwrap_err();
    assert!(refused.to_string().contains("1 of 2 pages are missing"), "{refused}");
}

#[test]
fn a_picture_that_is_named_and_not_there_is_missed() {
    let mut pdf = PdfFile::default();
    let page = pdf_page(&mut pdf, FILL, &[("Im0", 99)], "");
    assert_eq!(code(pdf.finish(&[page])), "damaged");
}

#[test]
fn a_pdf_without_pages_says_so() {
    assert_eq!(open(PdfFile::default().finish(&[])).map(|_| ()).unwrap_err(), Refusal::NoPages);
}

#[test]
fn a_drawn_page_is_rendered_at_300_dpi() {
    let mut pdf = PdfFile::default();
    let page = pdf_page(&mut pdf, "0 0 1 rg 0 421 595 421 re f", &[], "");
    let page = first(pdf.finish(&[page])).unwrap();
    assert_eq!((page.width, page.height), (2479, 3508));
    let pixels = crate::derive::decoded(&page).unwrap().to_rgb8();
    assert_eq!(pixels.get_pixel(1000, 1000).0, [0, 0, 255]);
    assert_eq!(pixels.get_pixel(1000, 3000).0, [255; 3]);
}

#[test]
fn a_poster_is_rendered_within_the_limits() {
    let mut pdf = PdfFile::default();
    let page = pdf_page(&mut pdf, "0 0 50 50 re f", &[], "/CropBox [0 0 595 842]");
    let whole = pdf.finish(&[page]);
    let limits = Limits { max_pixels: 500_000, ..Limits::default() };
    let page = Source::open(whole, &limits).unwrap().page(1).unwrap();
    assert!(u64::from(page.width) * u64::from(page.height) <= 500_000);
    assert!(page.width > 500, "{}", page.width);
}

#[test]
fn a_huge_picture_is_refused_before_it_is_decoded() {
    let entries = "/Width 30000 /Height 30000 /BitsPerComponent 8 /ColorSpace /DeviceGray";
    assert_eq!(code(one_picture(entries, b"x", FILL)), "too_many_pixels");
}

#[test]
fn forms_that_draw_each_other_many_times_over_come_to_an_end() {
    let mut pdf = PdfFile::default();
    let form = "/Type /XObject /Subtype /Form /BBox [0 0 595 842]";
    let mut inner = pdf.add_stream(form, b"0 0 1 1 re f");
    for _ in 0..9 {
        let entries = format!("{form} /Resources << /XObject << /F {inner} 0 R >> >>");
        inner = pdf.add_stream(&entries, "/F Do ".repeat(10).as_bytes());
    }
    let page = pdf_page(&mut pdf, "/F Do", &[("F", inner)], "");
    assert_eq!(code(pdf.finish(&[page])), "damaged");
}

#[test]
fn japanese_text_in_a_font_that_is_not_there_is_not_lost_in_silence() {
    let font = "<< /Type /Font /Subtype /Type0 /BaseFont /MS-Mincho /Encoding /90ms-RKSJ-H \
                /DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /MS-Mincho \
                /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> >>] >>";
    let mut pdf = PdfFile::default();
    let stream = pdf.add_stream("", b"BT /F1 12 Tf 10 10 Td <8ab48d87> Tj ET");
    let page = pdf.add(format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {stream} 0 R \
         /Resources << /Font << /F1 {font} >> >> >>"
    ));
    assert_eq!(
        first(pdf.finish(&[page])),
        Err(Refusal::FontNotEmbedded { page: 1, font: "MS-Mincho".to_owned() })
    );
}
