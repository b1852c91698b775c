//! The words of refusals: first what is wrong, then what to do.

use super::Refusal;
use crate::Lookalike;

pub(super) fn in_japanese(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Empty => "ファイルが空です（0バイト）。コピーやスキャンが途中で止まった可能性があります。\
                           もう一度スキャンするか、コピーし直してください。"
            .to_owned(),
        Refusal::NotAPicture(lookalike) => not_a_picture_ja(*lookalike),
        Refusal::Truncated { format, page } => format!(
            "{format}ファイルが途中で切れています{}。コピーやスキャンが途中で止まった可能性があります。\
             元のファイルをもう一度コピーするか、スキャンし直してください。",
            page_ja(*page)
        ),
        Refusal::Damaged { page, what } => format!(
            "ファイルが壊れています{}。元のファイルをもう一度コピーするか、スキャンし直してください。\
             （詳細: {what}）",
            page_ja(*page)
        ),
        Refusal::EncryptedPdf => "パスワードで保護されたPDFです。PDFを開いて保護を解除し、\
                                  保存し直してから取り込んでください。"
            .to_owned(),
        Refusal::NoPages => {
            "ページが1枚もありません。スキャンし直してください。".to_owned()
        }
        Refusal::TooManyPages { pages, limit } => format!(
            "{pages}ページあり、上限の{limit}ページを超えています。\
             患者ごとなどに分けて取り込んでください。上限は設定 max_pages で変えられます。"
        ),
        Refusal::TooManyPixels { page, width, height, limit } => format!(
            "{page}ページ目が{width}×{height}画素で、上限の{limit}画素を超えています。\
             300dpiでスキャンし直してください。上限は設定 max_pixels で変えられます。"
        ),
        Refusal::TooLong { page, width, height, limit } => format!(
            "{page}ページ目が{width}×{height}画素です。一辺は{limit}画素までです。\
             300dpiでスキャンし直すか、画像を分割してください。"
        ),
        Refusal::TooManyBytes { bytes, limit } => format!(
            "ファイルが{}で、上限の{}を超えています。ファイルを分けるか、\
             300dpiでスキャンし直してください。上限は設定 max_bytes で変えられます。",
            mebibytes(*bytes),
            mebibytes(*limit)
        ),
        Refusal::TooSlow { page, limit } => format!(
            "{page}ページ目を開くのに{limit}秒以上かかります。紙を300dpiでスキャンし直すか、\
             PDFを印刷してスキャンしてください。上限は設定 page_seconds で変えられます。"
        ),
        Refusal::TooMuchMemory { page, limit } => format!(
            "{page}ページ目を開くのに{}を超えるメモリーが必要です。紙を300dpiでスキャンし直してください。\
             上限は設定 memory_mib で変えられます。",
            mebibytes(*limit)
        ),
        Refusal::Bomb { .. } => "展開すると異常に大きくなるデータが入っています。スキャンした\
                                 ファイルではない可能性があります。元の紙からスキャンし直してください。"
            .to_owned(),
        Refusal::Unsupported { format, page, what } => format!(
            "この種類の{format}は読めません{}。JPEG、PNG、またはG4圧縮のTIFFで保存し直してください。\
             （詳細: {what}）",
            page_ja(*page)
        ),
        Refusal::FontNotEmbedded { page, font } => format!(
            "PDFの{page}ページ目で使われているフォント「{font}」がPDFに埋め込まれていないため、\
             文字が欠けます。フォントを埋め込んで保存し直すか、印刷してスキャンしてください。"
        ),
    }
}

pub(super) fn in_english(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Empty => "The file is empty (0 bytes); copying or scanning it was probably \
                           interrupted. Scan the page again or copy the file again."
            .to_owned(),
        Refusal::NotAPicture(lookalike) => not_a_picture_en(*lookalike),
        Refusal::Truncated { format, page } => format!(
            "The end of the {format} file is missing{}; copying or scanning it was probably \
             interrupted. Copy the file again or scan the page again.",
            page_en(*page)
        ),
        Refusal::Damaged { page, what } => format!(
            "The file is damaged{}. Copy it again from where it came, or scan the page again. \
             (Details: {what})",
            page_en(*page)
        ),
        Refusal::EncryptedPdf => "The PDF is protected by a password. Open it, remove the \
                                  protection, save it, and send that file."
            .to_owned(),
        Refusal::NoPages => "The file has no pages. Scan it again.".to_owned(),
        Refusal::TooManyPages { pages, limit } => format!(
            "The file has {pages} pages; the limit is {limit}. Split it, best by patient. \
             The setting max_pages changes the limit."
        ),
        Refusal::TooManyPixels { page, width, height, limit } => format!(
            "Page {page} has {width} × {height} pixels; the limit is {limit} pixels. \
             Scan it at 300 dpi. The setting max_pixels changes the limit."
        ),
        Refusal::TooLong { page, width, height, limit } => format!(
            "Page {page} has {width} × {height} pixels; no side may be longer than {limit}. \
             Scan it at 300 dpi or cut it into pieces."
        ),
        Refusal::TooManyBytes { bytes, limit } => format!(
            "The file has {}; the limit is {}. Split it or scan it at 300 dpi. \
             The setting max_bytes changes the limit.",
            mebibytes(*bytes),
            mebibytes(*limit)
        ),
        Refusal::TooSlow { page, limit } => format!(
            "Page {page} takes longer than {limit} seconds to open. Scan the paper at 300 dpi, or \
             print the PDF and scan it. The setting page_seconds changes the limit."
        ),
        Refusal::TooMuchMemory { page, limit } => format!(
            "Page {page} takes more than {} of memory to open. Scan the paper at 300 dpi. \
             The setting memory_mib changes the limit.",
            mebibytes(*limit)
        ),
        Refusal::Bomb { .. } => "The file holds data that would grow out of all proportion; it \
                                 is probably not from a scanner. Scan the paper again."
            .to_owned(),
        Refusal::Unsupported { format, page, what } => format!(
            "This variant of {format} cannot be read{}. Save it as JPEG, PNG or TIFF with G4 \
             compression. (Details: {what})",
            page_en(*page)
        ),
        Refusal::FontNotEmbedded { page, font } => format!(
            "Page {page} of the PDF uses the font {font}, which is not in the file; its text \
             would be missing. Save the PDF with its fonts embedded, or print and scan it."
        ),
    }
}

fn not_a_picture_ja(lookalike: Option<Lookalike>) -> String {
    const READABLE: &str = "読めるのはJPEG、PNG、TIFF、PDFです。";
    match lookalike {
        Some(Lookalike::Heic) => format!(
            "iPhoneなどのHEIC形式の写真です。{READABLE}カメラの設定のフォーマットで\
             「互換性優先」を選んで撮り直すか、JPEGに変換してください。"
        ),
        Some(Lookalike::Office) => {
            format!("OfficeなどのZIP形式の文書です。{READABLE}PDFとして保存し直してください。")
        }
        Some(Lookalike::Dicom) => {
            format!(
                "DICOM形式の医用画像です。{READABLE}カルテの紙をスキャンしたファイルを選んでください。"
            )
        }
        Some(other) => {
            format!("{}のファイルです。{READABLE}JPEGまたはPNGに変換してください。", other.name())
        }
        None => format!(
            "画像として読めないファイルです。{READABLE}\
             ファイルが正しいか確かめ、必要ならスキャンし直してください。"
        ),
    }
}

fn not_a_picture_en(lookalike: Option<Lookalike>) -> String {
    const READABLE: &str = "JPEG, PNG, TIFF and PDF can be read.";
    match lookalike {
        Some(Lookalike::Heic) => format!(
            "This is a HEIC photo, as iPhones take them. {READABLE} Choose “Most Compatible” \
             under Formats in the camera's settings, or convert the photo to JPEG."
        ),
        Some(Lookalike::Office) => {
            format!("This is an Office document or a ZIP file. {READABLE} Save it as PDF.")
        }
        Some(Lookalike::Dicom) => format!(
            "This is a DICOM medical image. {READABLE} Choose the file of the scanned chart."
        ),
        Some(other) => {
            format!("This is a {} file. {READABLE} Convert it to JPEG or PNG.", other.name())
        }
        None => format!(
            "This file cannot be read as a picture. {READABLE} Check that it is the right file, \
             or scan the page again."
        ),
    }
}

fn page_ja(page: Option<u32>) -> String {
    page.map(|page| format!("（{page}ページ目）")).unwrap_or_default()
}

fn page_en(page: Option<u32>) -> String {
    page.map(|page| format!(" (page {page})")).unwrap_or_default()
}

fn mebibytes(bytes: u64) -> String {
    const MIB: u64 = 1024 * 1024;
    match bytes {
        0..MIB => format!("{bytes} B"),
        _ => format!("{:.1} MiB", bytes as f64 / MIB as f64),
    }
}

#[cfg(test)]
mod tests {
    use chart::Language;

    use super::*;
    use crate::Format;

    fn every_refusal() -> Vec<Refusal> {
        let mut all = vec![
            Refusal::Empty,
            Refusal::NotAPicture(None),
            Refusal::Truncated { format: Format::Jpeg, page: None },
            Refusal::Damaged { page: Some(3), what: "bad huffman code".into() },
            Refusal::EncryptedPdf,
            Refusal::NoPages,
            Refusal::TooManyPages { pages: 501, limit: 500 },
            Refusal::TooManyPixels { page: 1, width: 20_000, height: 20_000, limit: 120_000_000 },
            Refusal::TooLong { page: 1, width: 10, height: 40_000, limit: 32_767 },
            Refusal::TooManyBytes { bytes: 300 << 20, limit: 200 << 20 },
            Refusal::TooSlow { page: 1, limit: 60 },
            Refusal::TooMuchMemory { page: 1, limit: 2 << 30 },
            Refusal::Bomb { limit: 1 },
            Refusal::Unsupported { format: Format::Tiff, page: Some(1), what: "zstd".into() },
            Refusal::FontNotEmbedded { page: 2, font: "MS-Mincho".into() },
        ];
        all.extend(Lookalike::ALL.map(|lookalike| Refusal::NotAPicture(Some(lookalike))));
        all
    }

    #[test]
    fn every_refusal_says_in_both_languages_what_is_wrong_and_what_to_do() {
        for refusal in every_refusal() {
            let japanese = refusal.explain(Language::Ja);
            assert!(japanese.contains("ください"), "{japanese}");
            assert!(japanese.matches('。').count() >= 2, "{japanese}");
            let english = refusal.explain(Language::En);
            assert!(english.matches(". ").count() >= 1, "{english}");
            assert!(english.is_ascii() || english.contains(['×', '“']), "{english}");
        }
    }

    #[test]
    fn a_refusal_survives_the_database() {
        for refusal in every_refusal() {
            assert_eq!(Refusal::from_facts(&refusal.to_facts()), Some(refusal));
        }
        assert_eq!(Refusal::from_facts("{\"of_a_later_version\":1}"), None);
    }

    #[test]
    fn a_size_is_told_in_the_unit_of_the_setting() {
        let told = Refusal::TooManyBytes { bytes: 300 << 20, limit: 200 << 20 };
        assert!(told.explain(Language::En).contains("300.0 MiB; the limit is 200.0 MiB"));
    }
}
