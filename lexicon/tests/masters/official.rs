//! Writes small invented files in the layouts, encodings and wrappings of the publishers.

use std::io::{Cursor, Write};

/// Bytes in cp932 with the line ends of the claims masters.
pub fn cp932(text: &str) -> Vec<u8> {
    encoding_rs::SHIFT_JIS.encode(text).0.into_owned()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

pub fn zip(name: &str, bytes: &[u8]) -> Vec<u8> {
    archive(&[(name, bytes)])
}

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, ::zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A workbook: sheets by name, cells as text, empty ones left out.
pub fn workbook(sheets: &[(&str, &[Vec<&str>])]) -> Vec<u8> {
    const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    let mut files = Vec::new();
    let (mut list, mut relations, mut types) = (String::new(), String::new(), String::new());
    for (number, (name, rows)) in (1..).zip(sheets) {
        list += &format!("<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>");
        relations += &format!(
            "<Relationship Id=\"rId{number}\" Type=\"{RELATIONS}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
        );
        types += &format!(
            "<Override PartName=\"/xl/worksheets/sheet{number}.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
        );
        let mut cells = String::new();
        for (line, row) in (1..).zip(*rows) {
            cells += &format!("<row r=\"{line}\">");
            for (column, text) in ('A'..='Z').zip(row).filter(|(_, text)| !text.is_empty()) {
                let text = text.replace('&', "&amp;").replace('<', "&lt;");
                cells +=
                    &format!("<c r=\"{column}{line}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
            }
            cells += "</row>";
        }
        files.push((
            format!("xl/worksheets/sheet{number}.xml"),
            format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{cells}</sheetData></worksheet>"),
        ));
    }
    files.push((
        "xl/workbook.xml".into(),
        format!(
            "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><sheets>{list}</sheets></workbook>"
        ),
    ));
    files.push((
        "xl/_rels/workbook.xml.rels".into(),
        format!("<Relationships xmlns=\"{PACKAGE}/relationships\">{relations}</Relationships>"),
    ));
    files.push((
        "_rels/.rels".into(),
        format!(
            "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        ),
    ));
    files.push((
        "[Content_Types].xml".into(),
        format!(
            "<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>{types}</Types>"
        ),
    ));
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    archive(&files)
}

pub const PRICE_HEADER: [&str; 15] = [
    "区分",
    "薬価基準収載医薬品コード",
    "成分名",
    "規格",
    "日本薬局方",
    "麻薬",
    "業者名追記",
    "品名",
    "メーカー名",
    "診療報酬において加算等の算定対象となる後発医薬品",
    "先発医薬品",
    "同一剤形・規格の後発医薬品がある先発医薬品",
    "薬価",
    "経過措置による使用期限",
    "備考",
];

pub type PriceRow = [String; 15];

/// A row of the price list.
pub fn price_row(code: &str, name: &str, maker: &str) -> PriceRow {
    [
        "内用薬",
        code,
        "ミホナゾール",
        "５ｍｇ１錠",
        "局",
        "",
        "",
        name,
        maker,
        "",
        "先発品",
        "○",
        "12.3",
        "",
        "",
    ]
    .map(str::to_owned)
}

pub fn price_csv(rows: &[PriceRow]) -> String {
    let mut text = PRICE_HEADER.join(",") + "\n";
    for row in rows {
        text += &(row.join(",") + "\n");
    }
    text
}

/// As programs convert the workbooks of old years: 品名 heads the column of 局, and the name
/// stands under an invented header.
pub fn shifted_price_csv(rows: &[PriceRow]) -> String {
    let mut header = PRICE_HEADER;
    header[4] = "品名";
    header[7] = "Unnamed: 7";
    price_csv(rows).replacen(&PRICE_HEADER.join(","), &header.join(","), 1)
}

/// As the workbooks of old years are: one header over four columns.
pub fn price_xlsx(rows: &[PriceRow]) -> Vec<u8> {
    let mut header = PRICE_HEADER.to_vec();
    header[4] = "品名";
    header[5..8].fill("");
    let mut cells = vec![header];
    cells.extend(rows.iter().map(|row| row.iter().map(String::as_str).collect::<Vec<_>>()));
    workbook(&[("Sheet1", &cells)])
}

fn quoted(fields: &[String]) -> String {
    let fields: Vec<String> = fields.iter().map(|field| format!("\"{field}\"")).collect();
    fields.join(",") + "\r\n"
}

/// A row of the 医薬品マスター, 40 columns.
pub fn y_row(code: &str, name: &str, price_code: &str) -> String {
    let mut fields = vec![String::new(); 40];
    for (at, text) in [
        (0, "0"),
        (1, "Y"),
        (2, code),
        (3, "7"),
        (4, name),
        (6, "ﾐﾎﾝ"),
        (7, "16"),
        (9, "錠"),
        (11, "12.30"),
        (13, "0"),
        (16, "0"),
        (21, "1"),
        (22, "0"),
        (27, "1"),
        (29, "20240401"),
        (30, "99999999"),
        (31, price_code),
        (33, "0"),
        (34, name),
        (35, "0"),
    ] {
        fields[at] = text.to_owned();
    }
    quoted(&fields)
}

/// A row of a difference file, 42 columns: the kind of change, the code, what changed.
pub fn y_difference(change: &str, code: &str, changed: &[(usize, &str)]) -> String {
    let mut fields = vec![String::new(); 42];
    for (at, text) in [(0, change), (1, "Y"), (2, code)].iter().chain(changed) {
        fields[*at] = (*text).to_owned();
    }
    quoted(&fields)
}

/// A row of the 傷病名マスター, 46 columns.
pub fn b_row(code: &str, name: &str, id: &str, exchange: &str, icd10: &str) -> String {
    let mut fields = vec!["0".to_owned(); 46];
    for (at, text) in [
        (1, "B"),
        (2, code),
        (3, code),
        (5, name),
        (7, name),
        (9, "ミホンショウ"),
        (10, id),
        (11, "1"),
        (12, exchange),
        (13, ""),
        (14, ""),
        (15, icd10),
        (16, ""),
        (17, ""),
        (18, "00"),
        (21, ""),
        (22, ""),
        (23, "99999999"),
        (37, ""),
    ] {
        fields[at] = text.to_owned();
    }
    quoted(&fields)
}

pub struct Modifier {
    pub code: &'static str,
    pub name: &'static str,
    pub class: u8,
}

/// A row of the 修飾語マスター, 19 columns.
pub fn z_row(code: &str, name: &str, id: &str, exchange: &str, class: u8) -> String {
    let class = format!("A{class}000000");
    let fields = [
        "0",
        "Z",
        code,
        "",
        "",
        "3",
        name,
        "",
        "3",
        "ミホン",
        "",
        "0",
        "0",
        "20250601",
        "",
        "99999999",
        id,
        exchange,
        &class,
    ];
    quoted(&fields.map(str::to_owned))
}

/// Rows of the HOT master: number, JAN, price code, YJ, receipt code, name.
pub fn hot(rows: &[[&str; 6]]) -> Vec<u8> {
    let header = [
        "基準番号（ＨＯＴコード）",
        "処方用番号（ＨＯＴ７）",
        "会社識別用番号",
        "調剤用番号",
        "物流用番号",
        "ＪＡＮコード",
        "薬価基準収載医薬品コード",
        "個別医薬品コード",
        "レセプト電算処理システムコード（１）",
        "レセプト電算処理システムコード（２）",
        "告示名称",
        "販売名",
        "レセプト電算処理システム医薬品名",
        "規格単位",
        "包装形態",
        "包装単位数",
        "包装単位単位",
        "包装総量数",
        "包装総量単位",
        "区分",
        "製造会社",
        "販売会社",
        "更新区分",
        "更新年月日",
    ];
    let mut text = quoted(&header.map(str::to_owned));
    for [number, jan, price_code, yj, receipt, name] in rows {
        let fields = [
            number,
            &number[..7],
            &number[7..9],
            &number[9..11],
            &number[11..],
            jan,
            price_code,
            yj,
            receipt,
            "",
            name,
            name,
            name,
            "５ｍｇ１錠",
            "ＰＴＰ",
            "10",
            "錠",
            "100",
            "錠",
            "内",
            "架空製薬",
            "架空製薬",
            "1",
            "20250801",
        ];
        text += &quoted(&fields.map(str::to_owned));
    }
    cp932(&text)
}

/// 一般名処方マスタ: two names; and two products of an exceptional code, which stands in the first
/// row only.
pub fn general_names(applies: &str) -> Vec<u8> {
    let names: &[Vec<&str>] = &[
        vec!["一般名処方マスタ"],
        vec!["", "", "", "", "", "", "", "", applies],
        vec![
            "区分",
            "一般名コード",
            "一般名処方の標準的な記載",
            "成分名",
            "規格",
            "一般名処方加算対象",
            "例外コード",
            "同一剤形・規格内の最低薬価",
            "備考",
        ],
        vec![
            "内用薬",
            "9991001F1ZZZ",
            "【般】ミホナゾール錠５ｍｇ",
            "ミホナゾール",
            "５ｍｇ１錠",
            "加算1",
        ],
        vec![
            "内用薬",
            "9992002FAZZZ",
            "【般】レイガイ錠１ｍｇ",
            "レイガイ",
            "１ｍｇ１錠",
            "加算1",
            "○",
        ],
    ];
    let exceptions: &[Vec<&str>] = &[
        vec!["一般名処方マスタ（例外コード表）"],
        vec![applies],
        vec![
            "区分",
            "一般名コード",
            "一般名処方の標準的な記載",
            "成分名",
            "規格",
            "薬価基準収載医薬品コード",
            "品名",
            "",
            "",
            "",
            "メーカー名",
            "",
            "先発医薬品",
            "",
            "薬価",
        ],
        vec![
            "内用薬",
            "9992002FAZZZ",
            "【般】レイガイ錠１ｍｇ",
            "",
            "",
            "9992002F1027",
            "",
            "",
            "",
            "レイガイ錠１ｍｇ",
        ],
        vec!["", "", "", "", "", "9991001F2021", "", "", "", "レイガイ錠２ｍｇ"],
    ];
    workbook(&[("全体", names), ("例外コード品目対照表", exceptions)])
}

/// 後発医薬品に関する情報.
pub fn generic_info(code: &str) -> String {
    format!(
        "\u{FEFF}薬価基準収載医薬品コード,成分名,品名,各先発医薬品の後発医薬品の有無に関する情報,収載年月日,経過措置による使用期限,備考,診療報酬における加算等の算定対象から除外する品目,カットオフ値の計算に含める品目\n\
         {code},ミホナゾール,ミホン錠５ｍｇ,3,20240614,R8.3.31まで,,,1\n"
    )
}

pub const JFAGY: &str = "\u{FEFF}\"DISPLAYSEQ\",\"JFAGYCODE\",\"JPTERM\",\"JPKANA\",\"ENTERM\",\"LEVEL\",\"MAINFLAG\",\"GUIDELINE\",\"CXGCATEGORY\",\"RECORDDATE\",\"ENDDATE\"\r\n\
    \"1\",\"J9FZ99000000\",\"架空豆\",\"かくうまめ\",\"Sample bean\",\"2\",\"1\",\"\",\"0\",\"00000000\",\"99999999\"\r\n";

pub const JLAC10: &str = r#"{"resourceType": "CodeSystem",
  "url": "http://example.invalid/CodeSystem/JLAC10/Sample_CS",
  "concept": [{"code": "SMP", "concept": [
    {"code": "9Z999000002329101", "display": "SMP",
     "designation": [{"language": "ja", "value": "見本"}],
     "property": [{"code": "specimen", "valueString": "血清"}]}]}]}"#;

/// ICD10対応標準病名マスター: 20, 10 and 9 columns as described.
pub const NMAIN: &str = "0,20990001,見本症,ミホンショウ,1,AB12,Z999,,,,8800001,見本症,,0,20240601,,0,0,,\r\n\
    0,20990002,別見本症,ベツミホンショウ,2,AB13,Z998,,,,8800002,別見本症,,0,20240601,20990001,0,0,,\r\n";
pub const MDFY: &str = "0,27990001,見本性,ミホンセイ,CD34,11,A5000000,,9001,\r\n";
pub const INDEX: &str = "みほん,20990001,1,1,0,0,0,1,0\r\nＳＭＰ,20990001,1,1,0,0,0,2,1\r\n";
