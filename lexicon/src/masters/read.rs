//! A file as published to typed rows: what it is, of which day, what it holds, what is wrong.

use std::collections::{BTreeMap, BTreeSet};

use encoding_rs::{Encoding, UTF_8};
use jiff::civil::Date;

use super::{
    claims::{self, ClaimsRow, Layout},
    container::{self, Member},
    day, delimited,
    error::MastersError,
    fault::Fault,
    general_name::{self, Exception, GeneralName},
    hot::{self, HotRow},
    jfagy::{self, Allergen},
    jlac10::{self, Group},
    kind::Kind,
    medis::{self, IndexWord, MedisDisease, MedisModifier},
    price_list::{self, GenericRow, PriceRow},
    receipt, sheet,
    table::{Faults, Table},
    text::Text,
};

/// One master in a file.
#[derive(Debug)]
pub struct ReadFile {
    /// What it is.
    pub kind: Kind,
    /// The file, or the member of an archive.
    pub name: String,
    /// Which part of the master, where it is published in parts: 内用薬; empty otherwise.
    pub parts: BTreeSet<String>,
    /// It holds changes to an earlier edition only.
    pub is_difference: bool,
    /// The day that its content states.
    pub stated: Option<Date>,
    /// Rows of data in the file, broken ones too.
    pub rows: usize,
    /// Rows that were understood.
    pub kept: usize,
    /// What is wrong.
    pub faults: Vec<Fault>,
    /// The rows.
    pub content: Content,
}

/// The rows of a master.
#[derive(Debug)]
#[expect(missing_docs, reason = "the types say it")]
pub enum Content {
    Prices(Vec<PriceRow>),
    Generics(Vec<GenericRow>),
    GeneralNames(Vec<GeneralName>, Vec<Exception>),
    Claims(Layout, Vec<ClaimsRow>),
    Hot(Vec<HotRow>),
    Diseases(Vec<MedisDisease>),
    Modifiers(Vec<MedisModifier>),
    Index(Vec<IndexWord>),
    Allergens(Vec<Allergen>),
    Laboratory(Vec<Group>),
    IcdTitles(BTreeMap<String, String>),
    IcdIndex(BTreeMap<String, Vec<String>>),
}

impl ReadFile {
    /// The day in the name of the file.
    pub fn date_in_name(&self) -> Option<Date> {
        self.name.rsplit('!').find_map(day::in_file_name)
    }

    /// The last day that a row names as the one of its listing or change.
    pub fn latest_day(&self) -> Option<Date> {
        match &self.content {
            Content::Prices(rows) => rows.iter().filter_map(|row| row.listed).max(),
            Content::Claims(layout, rows) => {
                let column = match layout.letter {
                    "Y" => 29,
                    "B" => 22,
                    _ => 14,
                };
                rows.iter().filter_map(|row| day::compact(row.row.field(column))).max()
            }
            Content::Hot(rows) => rows.iter().filter_map(|row| row.changed).max(),
            Content::Diseases(rows) => rows.iter().filter_map(|row| row.changed).max(),
            Content::Allergens(rows) => rows.iter().filter_map(|row| row.listed).max(),
            _ => None,
        }
    }
}

/// What a file holds.
#[derive(Debug, Default)]
pub struct Contents {
    /// The masters in it.
    pub masters: Vec<ReadFile>,
    /// Members of an archive that are none: manuals, title files.
    pub others: Vec<String>,
}

/// Reads every master in the file. A file without any is an error; a member of an archive is
/// passed over.
pub fn read(name: &str, bytes: &[u8]) -> Result<Contents, MastersError> {
    let mut contents = Contents::default();
    for member in container::unpack(name, bytes)? {
        let found = read_member(&member)?;
        if found.is_empty() {
            contents.others.push(member.name);
        } else {
            contents.masters.extend(found);
        }
    }
    if contents.masters.is_empty() {
        return Err(MastersError::Unknown { file: name.to_owned() });
    }
    for master in &contents.masters {
        if master.kept == 0 {
            let (file, rows) = (master.name.clone(), master.rows);
            return Err(MastersError::NothingUsable { file, rows });
        }
    }
    Ok(contents)
}

fn read_member(member: &Member) -> Result<Vec<ReadFile>, MastersError> {
    // What a spreadsheet saves as "Unicode text".
    if let Some((encoding, _)) = Encoding::for_bom(&member.bytes)
        && encoding != UTF_8
    {
        let bytes = encoding.decode(&member.bytes).0.into_owned().into_bytes();
        return read_member(&Member { name: member.name.clone(), bytes });
    }
    if container::is_workbook(&member.bytes) {
        let tables = sheet::read(&member.name, &member.bytes)
            .map_err(|reason| MastersError::Container { file: member.name.clone(), reason })?;
        return Ok(workbook(&member.name, &tables));
    }
    // No master has a zero byte; a manual in PDF or a picture has.
    let head = &member.bytes[..member.bytes.len().min(4096)];
    if head.contains(&0) || head.starts_with(b"%PDF") {
        return Ok(Vec::new());
    }
    if head.iter().find(|byte| !byte.is_ascii_whitespace() && byte.is_ascii()) == Some(&b'{') {
        return Ok(json(member).into_iter().collect());
    }
    let (table, broken) = delimited::read(&member.name, &member.bytes);
    Ok(one_table(&member.name, &table, broken).into_iter().collect())
}

/// The sheets of a workbook that belong to one master are one file: general names and their
/// exceptions, the chapters of a price list.
fn workbook(name: &str, tables: &[Table]) -> Vec<ReadFile> {
    let mut found: Vec<ReadFile> = Vec::new();
    for table in tables {
        let Some(sheet) = one_table(name, table, Vec::new()) else { continue };
        match found.iter_mut().find(|file| file.kind == sheet.kind) {
            Some(file) => file.extend(sheet),
            None => found.push(sheet),
        }
    }
    found
}

impl ReadFile {
    fn extend(&mut self, other: Self) {
        self.parts.extend(other.parts);
        self.stated = self.stated.or(other.stated);
        self.rows += other.rows;
        self.kept += other.kept;
        self.faults.extend(other.faults);
        match (&mut self.content, other.content) {
            (Content::Prices(rows), Content::Prices(more)) => rows.extend(more),
            (Content::Generics(rows), Content::Generics(more)) => rows.extend(more),
            (Content::Hot(rows), Content::Hot(more)) => rows.extend(more),
            (Content::GeneralNames(names, exceptions), Content::GeneralNames(more, rest)) => {
                names.extend(more);
                exceptions.extend(rest);
            }
            // Other masters are not published as workbooks of several sheets.
            _ => {}
        }
    }
}

/// What a table is, and its rows.
fn one_table(name: &str, table: &Table, broken: Vec<Fault>) -> Option<ReadFile> {
    let mut faults = Faults::of(table);
    let mut parts = BTreeSet::new();
    let mut is_difference = false;
    let mut stated = None;
    let mut headers = 0;
    let (kind, kept, content) = if let Some(columns) = price_list::generic_columns(table) {
        headers = columns.0 + 1;
        let rows = price_list::read_generic(table, columns, &mut faults);
        (Kind::GenericInfo, rows.len(), Content::Generics(rows))
    } else if let Some(columns) = price_list::columns(table) {
        headers = columns.header + 1;
        let rows = price_list::read(table, &columns, &mut faults);
        parts.extend(rows.iter().map(|row| row.category.clone()));
        (Kind::PriceList, rows.len(), Content::Prices(rows))
    } else if let Some(columns) = hot::columns(table) {
        headers = columns.header + 1;
        let rows = hot::read(table, &columns, &mut faults);
        (Kind::Hot, rows.len(), Content::Hot(rows))
    } else if let Some(columns) = general_name::columns(table) {
        headers = columns.0 + 1;
        stated = general_name::applies_from(table);
        let rows = general_name::read(table, columns, &mut faults);
        (Kind::GeneralNames, rows.len(), Content::GeneralNames(rows, Vec::new()))
    } else if let Some(columns) = general_name::exception_columns(table) {
        headers = columns.0 + 1;
        stated = general_name::applies_from(table);
        let rows = general_name::read_exceptions(table, columns, &mut faults);
        (Kind::GeneralNames, rows.len(), Content::GeneralNames(Vec::new(), rows))
    } else if let Some(columns) = jfagy::columns(table) {
        headers = columns.0 + 1;
        let rows = jfagy::read(table, columns, &mut faults);
        (Kind::Allergens, rows.len(), Content::Allergens(rows))
    } else if let Some(layout) = claims::recognise(table) {
        is_difference = claims::is_difference(table, layout);
        let rows = claims::rows(table, layout, &mut faults);
        let kept = check_claims(layout, &rows, is_difference, &mut faults);
        (kind_of_claims(layout), kept, Content::Claims(layout, rows))
    } else if medis::is_nmain(table) {
        let rows = medis::diseases(table, &mut faults);
        (Kind::MedisDiseases, rows.len(), Content::Diseases(rows))
    } else if medis::is_mdfy(table) {
        let rows = medis::modifiers(table, &mut faults);
        (Kind::MedisModifiers, rows.len(), Content::Modifiers(rows))
    } else if medis::is_index(table) {
        let rows = medis::index(table, &mut faults);
        (Kind::MedisIndex, rows.len(), Content::Index(rows))
    } else {
        return None;
    };
    let rows = table.rows.len().saturating_sub(headers) + broken.len();
    let faults = broken.into_iter().chain(faults.into_vec()).collect();
    let name = name.to_owned();
    Some(ReadFile { kind, name, parts, is_difference, stated, rows, kept, faults, content })
}

const fn kind_of_claims(layout: Layout) -> Kind {
    match layout.digits {
        9 => Kind::ReceiptDrugs,
        7 => Kind::ReceiptDiseases,
        _ => Kind::ReceiptModifiers,
    }
}

/// How many rows can be used. Those of a difference are checked when they are applied.
fn check_claims(
    layout: Layout,
    rows: &[ClaimsRow],
    is_difference: bool,
    faults: &mut Faults<'_>,
) -> usize {
    if is_difference {
        return rows.len();
    }
    let mut usable = |row: &ClaimsRow| match layout.digits {
        9 => receipt::drug(&row.row, faults).is_some(),
        7 => receipt::disease(&row.row, faults).is_some(),
        _ => receipt::modifier(&row.row, faults).is_some(),
    };
    rows.iter().filter(|row| usable(row)).count()
}

fn json(member: &Member) -> Option<ReadFile> {
    let text = Text::new(&member.bytes).whole();
    let table = Table { name: member.name.clone(), rows: Vec::new() };
    let mut faults = Faults::of(&table);
    let mut parts = BTreeSet::new();
    let mut stated = None;
    let (kind, rows, kept, content) =
        if let Ok(system) = serde_json::from_str::<jlac10::CodeSystem>(&text) {
            if !jlac10::is_laboratory(&system) {
                return None;
            }
            stated = system.date.get(..10).and_then(|date| date.parse().ok());
            parts.insert(system.url.rsplit('/').next().unwrap_or_default().to_owned());
            let (groups, rows) = jlac10::read(&system, &mut faults);
            let kept = groups.iter().map(|group| group.codes.len()).sum();
            (Kind::Laboratory, rows, kept, Content::Laboratory(groups))
        } else if let Ok(diseases) = serde_json::from_str::<medis::JsonDiseases>(&text) {
            let read = medis::json_diseases(&diseases, &mut faults);
            (Kind::MedisDiseases, diseases.len(), read.len(), Content::Diseases(read))
        } else if let Ok(titles) = serde_json::from_str::<medis::JsonTitles>(&text) {
            let rows = titles.len();
            let titles: BTreeMap<_, _> = medis::json_titles(titles);
            (Kind::IcdTitles, rows, titles.len(), Content::IcdTitles(titles))
        } else {
            let index = medis::json_index(serde_json::from_str(&text).ok()?, &mut faults)?;
            (Kind::IcdIndex, index.len(), index.len(), Content::IcdIndex(index))
        };
    let (name, faults) = (member.name.clone(), faults.into_vec());
    let is_difference = false;
    Some(ReadFile { kind, name, parts, is_difference, stated, rows, kept, faults, content })
}
