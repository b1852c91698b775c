//! The patient header: printed labels and what stands beside or below them.

use chart::{
    Doubt, DoubtKind, PageText, Patient, Rect, Sex,
    wareki::{Era, PartialDate, from_wareki},
};

use crate::{
    confidence,
    evidence::{Spans, is_ringed},
    layout::{Item, gap_below, gap_beside},
    normalise::Text,
    notation::{
        cursor::Cursor,
        date::{self, readings},
        era_choice::EraChoice,
        patient::{
            chart_number, check_digit_fits, insured_number, insurer_number, kana, name, titled_name,
        },
    },
};

/// A field of the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Name,
    Kana,
    Birth,
    Sex,
    ChartNumber,
    Insurer,
    Insured,
    /// A label of something else; nothing is taken across it.
    Other,
}

/// Labels as printed, longest first; compared without spaces.
const LABELS: &[(&str, Field)] = &[
    ("公費負担者番号", Field::Other),
    ("公費負担医療の受給者番号", Field::Other),
    ("公費負担医療の受給者番", Field::Other),
    ("保険者番号", Field::Insurer),
    ("被保険者証の記号・番号", Field::Insured),
    ("被保険者証・被保険者手帳の", Field::Other),
    ("記号・番号", Field::Insured),
    ("記号番号", Field::Insured),
    ("患者氏名", Field::Name),
    ("受診者氏名", Field::Name),
    ("お名前", Field::Name),
    ("患者名", Field::Name),
    ("保険医氏名", Field::Other),
    ("担当医", Field::Other),
    ("氏名", Field::Name),
    ("フリガナ", Field::Kana),
    ("ふりがな", Field::Kana),
    ("カナ氏名", Field::Kana),
    ("生年月日", Field::Birth),
    ("性別", Field::Sex),
    ("カルテNo.", Field::ChartNumber),
    ("カルテNo", Field::ChartNumber),
    ("カルテ番号", Field::ChartNumber),
    ("患者番号", Field::ChartNumber),
    ("患者ID", Field::ChartNumber),
    ("診察券番号", Field::ChartNumber),
    ("登録番号", Field::ChartNumber),
    ("カルテ", Field::ChartNumber),
    ("ID", Field::ChartNumber),
    ("No.", Field::ChartNumber),
    ("No", Field::ChartNumber),
    ("資格取得", Field::Other),
    ("職業", Field::Other),
    ("住所", Field::Other),
    ("電話", Field::Other),
    ("保険医療機関", Field::Other),
    ("交付年月日", Field::Other),
];

/// The label that a text begins with, and where its value begins.
fn label(text: &Text) -> Option<(Field, usize)> {
    let mut cursor = Cursor::new(text, 0..text.len());
    cursor.spaces();
    for (words, field) in LABELS {
        let mut ahead = cursor;
        let matched = words.chars().all(|char| {
            ahead.spaces();
            ahead.eat(char.encode_utf8(&mut [0; 4]))
        });
        let latin = words.ends_with(|char: char| char.is_ascii_alphabetic());
        if !matched || (latin && ahead.peek().is_some_and(|char| char.is_ascii_alphabetic())) {
            continue;
        }
        ahead.spaces();
        let _ = ahead.eat(":") || ahead.eat(".");
        ahead.spaces();
        return Some((*field, ahead.at()));
    }
    None
}

/// Reads the header of a page.
pub fn patient(page: &PageText, items: &[Item]) -> Patient {
    let mut header = Header {
        page,
        items,
        era: None,
        name_line: None,
        patient: Patient::default(),
        spans: Spans::default(),
    };
    let labels: Vec<(usize, Field, usize)> = items
        .iter()
        .enumerate()
        .filter_map(|(number, item)| label(&item.text).map(|(field, value)| (number, field, value)))
        .collect();
    for &(number, field, value) in &labels {
        for text in header.values(number, field, value, &labels) {
            if header.take(field, &text) {
                break;
            }
        }
    }
    header.name_by_title();
    header.given_name();
    header.born();
    header.kana_above_name();
    header.sex_by_ring();
    header.sex_alone();
    header.finish()
}

struct Header<'p> {
    page: &'p PageText,
    items: &'p [Item],
    /// The era of birth that has a ring.
    era: Option<Era>,
    /// The line in which the name stands.
    name_line: Option<usize>,
    patient: Patient,
    spans: Spans,
}

/// A family name alone, and a given name, have so many characters at most: four may be both already.
const LONGEST_NAME: usize = 3;
/// A value stands at most this many line heights to the right of its label.
const FARTHEST_RIGHT: f32 = 14.0;

impl<'p> Header<'p> {
    /// Where the value of a label may stand: behind it in its line, then to its right, then below.
    fn values(
        &self,
        number: usize,
        field: Field,
        value: usize,
        labels: &[(usize, Field, usize)],
    ) -> Vec<Text> {
        let label = &self.items[number];
        let mut values = Vec::new();
        let behind = label.text.slice(value..label.text.len());
        if !behind.is_blank() {
            values.push(behind);
        }
        let is_label = |other: usize| labels.iter().any(|(label, ..)| *label == other);
        let mut right: Vec<(f32, usize)> = (0..self.items.len())
            .filter(|other| *other != number)
            .filter_map(|other| Some((gap_beside(label.frame, self.items[other].frame)?, other)))
            .filter(|(gap, _)| *gap <= FARTHEST_RIGHT)
            .collect();
        right.sort_by(|one, other| one.0.total_cmp(&other.0));
        // Nothing is taken across the next label.
        let right = right.into_iter().take_while(|(_, other)| !is_label(*other));
        values.extend(right.map(|(_, other)| self.items[other].text.clone()));
        // A date of birth in two lines stands above and below the middle of its label.
        if field == Field::Birth && values.is_empty() {
            let beside = label.frame;
            let (from, to) =
                (beside.y0.saturating_sub(beside.height()), beside.y1 + beside.height());
            let near = self.items.iter().enumerate().filter(|(other, item)| {
                let frame = item.frame;
                let middle = u32::midpoint(frame.y0, frame.y1);
                !is_label(*other)
                    && (from..to).contains(&middle)
                    && frame.x0 > beside.x1
                    && (frame.x0 - beside.x1) as f32 <= beside.height() as f32 * FARTHEST_RIGHT
            });
            values.extend(near.map(|(_, item)| item.text.clone()));
        }
        let below = self.items.iter().enumerate().filter(|(other, item)| {
            !is_label(*other) && gap_below(label.frame, item.frame).is_some_and(|gap| gap <= 1.0)
        });
        values.extend(below.map(|(_, item)| item.text.clone()));
        values
    }

    fn take(&mut self, field: Field, text: &Text) -> bool {
        let patient = &mut self.patient;
        let slot = match field {
            Field::Name => (&mut patient.name, name(text)),
            Field::Kana => (&mut patient.kana, kana(text)),
            Field::ChartNumber => (&mut patient.chart_number, chart_number(text)),
            Field::Insurer => (&mut patient.insurer_number, insurer_number(text)),
            Field::Insured => (&mut patient.insured_number, insured_number(text)),
            Field::Birth => return self.birth(text),
            Field::Sex => return self.sex(text),
            Field::Other => return true,
        };
        let (slot, found) = slot;
        if slot.is_none()
            && let Some(found) = found
        {
            *slot = Some(found);
            if field == Field::Name {
                self.name_line = text.places().first().map(|place| place.line);
            }
            self.spans.add(text, 0..text.len());
            return true;
        }
        slot.is_some()
    }

    /// The date of birth. Where a form prints all eras the one in a ring counts, and without a ring the
    /// year is told by reason.
    fn birth(&mut self, text: &Text) -> bool {
        if self.patient.birth_date.is_some() {
            return true;
        }
        let choice = EraChoice::find(text);
        if let Some(choice) = &choice {
            self.era = choice.chosen(|range| is_ringed(self.page, text, range));
        }
        let text = &text.slice(choice.map_or(0, |choice| choice.end())..text.len());
        let Some(found) = (0..text.len()).find_map(|at| date::date(text, at..text.len())) else {
            return false;
        };
        self.spans.add(text, found.range.clone());
        let mut birth = found.date;
        let mut doubts: Vec<(DoubtKind, String)> =
            found.doubts.into_iter().map(|doubt| (doubt.kind, doubt.facts)).collect();
        if found.without_era
            && let Some(era) = self.era
        {
            birth = birth_in(era, text, found.range.clone());
            doubts.clear();
            if birth.is_none() {
                let facts = era.kanji().to_owned() + &text.string(found.range);
                doubts.push((DoubtKind::ImpossibleDate, facts));
            }
        } else if found.without_era {
            let possible = self.possible_births(text, found.range);
            if let [only] = possible[..] {
                birth = Some(only);
                doubts.clear();
            } else if !possible.is_empty() {
                doubts = vec![(DoubtKind::AmbiguousDate, date::in_both(&possible))];
            }
        }
        // Nobody is born after every date on the page: one of them is wrong.
        if let Some(born) = birth
            && let Some(last) = self.dates().into_iter().filter(|other| *other != born).max()
            && last < born
        {
            doubts.push((DoubtKind::ImpossibleDate, date::in_both(&[born])));
        }
        self.patient.birth_date = birth.map(|birth| birth.to_string());
        let doubts = doubts.into_iter();
        self.patient
            .doubts
            .extend(doubts.map(|(kind, facts)| Doubt::about(kind, "birth_date", facts)));
        true
    }

    /// The readings of a year without era that make the patient neither unborn nor too old on
    /// any date of the page.
    fn possible_births(&self, text: &Text, range: std::ops::Range<usize>) -> Vec<PartialDate> {
        let dates = self.dates();
        let (Some(first), Some(last)) = (dates.iter().min(), dates.iter().max()) else {
            return Vec::new();
        };
        let Some([year, month, day]) = figures(text, range) else { return Vec::new() };
        let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else {
            return Vec::new();
        };
        readings(year, month, day)
            .into_iter()
            .filter(|birth| birth <= first && last.year() - birth.year() <= OLDEST)
            .collect()
    }

    /// All dates on the page with era or western year, month and day: less may be no date. The last era in
    /// print is no date's.
    fn dates(&self) -> Vec<PartialDate> {
        let texts = self.items.iter().map(|item| &item.text);
        texts
            .filter(|text| EraChoice::find(text).is_none())
            .filter_map(|text| date::find_date(text, 0..text.len())?.date)
            .filter(|date| date.day().is_some())
            .collect()
    }

    fn sex(&mut self, text: &Text) -> bool {
        let has = |char: char| text.chars().contains(&char) && sex_choice(text).is_none();
        if let Some(sex) = self.ringed_sex(text) {
            self.patient.sex = Some(sex);
            self.spans.add(text, 0..text.len());
            return true;
        }
        // Of what is printed on a form neither is chosen without a ring, though only one was read.
        if self.is_printed(text) {
            return true;
        }
        let sex = match (has('男'), has('女')) {
            (true, false) => Some(Sex::Male),
            (false, true) => Some(Sex::Female),
            _ => return true,
        };
        if self.patient.sex.is_none() && self.is_only_sex() {
            self.patient.sex = sex;
            self.spans.add(text, 0..text.len());
        }
        true
    }

    /// Whether the reader took any of it for what the form prints.
    fn is_printed(&self, text: &Text) -> bool {
        let mut lines = text.places().iter().filter_map(|place| self.page.lines.get(place.line));
        lines.any(|line| line.label == Some(true))
    }

    /// The one of 男 and 女 that has a ring.
    fn ringed_sex(&self, text: &Text) -> Option<Sex> {
        let choice = sex_choice(text)?;
        match choice.map(|at| is_ringed(self.page, text, at..at + 1)) {
            [true, false] => Some(Sex::Male),
            [false, true] => Some(Sex::Female),
            _ => None,
        }
    }

    /// 見本 花子 様, where the page has no label for the name and names one person so.
    fn name_by_title(&mut self) {
        if self.patient.name.is_some() {
            return;
        }
        let titled = self.items.iter().filter_map(|item| Some((item, titled_name(&item.text)?)));
        let found: Vec<(&Item, (String, std::ops::Range<usize>))> = titled.collect();
        if let [(item, (name, range)), others @ ..] = found.as_slice()
            && others.iter().all(|(_, (other, _))| other == name)
        {
            self.patient.name = Some(name.clone());
            self.name_line = item.text.places().first().map(|place| place.line);
            self.spans.add(&item.text, range.clone());
        }
    }

    /// S23.4.5生: a date of birth that says so itself.
    fn born(&mut self) {
        if self.patient.birth_date.is_some() {
            return;
        }
        let born = self.items.iter().find_map(|item| {
            let found = date::find_date(&item.text, 0..item.text.len())?;
            let mut behind = Cursor::new(&item.text, found.range.end..item.text.len());
            behind.spaces();
            behind.eat("生").then(|| item.text.slice(found.range))
        });
        if let Some(text) = born {
            self.birth(&text);
        }
    }

    /// The given name may stand so far from the family name that it was read as a line of its own.
    fn given_name(&mut self) {
        let (Some(family), Some(item)) = (&self.patient.name, self.item_of_name()) else { return };
        if family.contains(' ') || family.chars().count() > LONGEST_NAME {
            return;
        }
        let high = item.frame.height();
        let beside = self.items.iter().find_map(|other| {
            let gap = gap_beside(item.frame, other.frame)?;
            let given = name(&other.text).filter(|given| given.chars().count() <= LONGEST_NAME)?;
            let alike = other.frame.height() * 3 > high * 2 && other.frame.height() * 2 < high * 3;
            (gap <= 2.0 && alike && label(&other.text).is_none()).then_some((other, given))
        });
        if let Some((other, given)) = beside {
            self.patient.name = Some(format!("{family} {given}"));
            self.spans.add(&other.text, 0..other.text.len());
        }
    }

    fn item_of_name(&self) -> Option<&'p Item> {
        let line = self.name_line?;
        self.items.iter().find(|item| item.text.places().iter().any(|place| place.line == line))
    }

    /// The reading of the name may stand small above it, with no label of its own.
    fn kana_above_name(&mut self) {
        let (None, Some(name)) = (&self.patient.kana, self.item_of_name()) else { return };
        let above = self.items.iter().filter_map(|item| {
            let gap = gap_below(item.frame, name.frame).filter(|gap| *gap <= 1.0)?;
            // フリガナ is kana itself.
            let found = kana(&item.text).filter(|_| label(&item.text).is_none())?;
            Some((gap, item, found))
        });
        if let Some((_, item, found)) = above.min_by(|one, other| one.0.total_cmp(&other.0)) {
            self.patient.kana = Some(found);
            self.spans.add(&item.text, 0..item.text.len());
        }
    }

    /// 男 and 女 may stand behind the date of birth, with no label of their own.
    fn sex_by_ring(&mut self) {
        if self.patient.sex.is_some() {
            return;
        }
        let ringed = self.items.iter().find_map(|item| Some((item, self.ringed_sex(&item.text)?)));
        if let Some((item, sex)) = ringed {
            self.patient.sex = Some(sex);
            self.spans.add(&item.text, 0..item.text.len());
        }
    }

    fn sex_alone(&mut self) {
        if self.patient.sex.is_some() || !self.is_only_sex() {
            return;
        }
        let of_word = |word: &str| match word.trim_matches(['(', ')', ' ', '性']) {
            "男" => Some(Sex::Male),
            "女" => Some(Sex::Female),
            _ => None,
        };
        let alone = self.items.iter().find_map(|item| {
            if self.is_printed(&item.text) {
                return None;
            }
            Some((item, of_word(&item.text.string(0..item.text.len()))?))
        });
        // 見本 太郎 男 S23.4.5生
        let beside_name = self.item_of_name().and_then(|item| {
            let line = item.text.string(0..item.text.len());
            Some((item, line.split(' ').find_map(of_word)?))
        });
        let alone = alone.or(beside_name);
        if let Some((item, sex)) = alone {
            self.patient.sex = Some(sex);
            self.spans.add(&item.text, 0..item.text.len());
        }
    }

    /// Whether the page says 男 or 女 but not both.
    fn is_only_sex(&self) -> bool {
        let says = |word: &str| {
            self.items.iter().any(|item| {
                item.text
                    .string(0..item.text.len())
                    .split([' ', '・', '/', '(', ')'])
                    .any(|part| part == word || part == format!("{word}性"))
            })
        };
        let printed = self.items.iter().any(|item| sex_choice(&item.text).is_some());
        !printed && says("男") != says("女")
    }

    fn finish(mut self) -> Patient {
        if let Some(number) = &self.patient.insurer_number
            && !check_digit_fits(number)
        {
            self.patient.doubts.push(Doubt::about(
                DoubtKind::CheckDigit,
                "insurer_number",
                number.clone(),
            ));
        }
        if self.patient.is_some() {
            let read = self.spans.confidence(self.page);
            self.patient.confidence = confidence::of_name(read, &self.patient.doubts);
            self.patient.bbox =
                Some(self.spans.bbox(self.page)).filter(|bbox: &Rect| !bbox.is_empty());
        }
        self.patient
    }
}

/// Where 男 and 女 stand, in print for a hand to draw a ring around one: 男・女, 男女. The reader may take
/// the one in the ring for another character (男・を).
fn sex_choice(text: &Text) -> Option<[usize; 2]> {
    let chars = text.chars();
    let is_mark = |char: char| matches!(char, '・' | '/' | '.' | ':');
    (0..chars.len()).find_map(|first| {
        let between = chars[first + 1..].iter().take_while(|char| is_mark(**char) || **char == ' ');
        let second = first + 1 + between.clone().count();
        let marks = between.filter(|char| is_mark(**char)).count();
        let pair = (chars[first], *chars.get(second)?);
        let is_choice = match pair {
            ('男', '女') => true,
            // (男・58歳) is none.
            ('男', other) => marks > 0 && !(other.is_numeric() && chars.get(second + 1).is_some()),
            (other, '女') => marks > 0 && !other.is_whitespace(),
            _ => false,
        };
        is_choice.then_some([first, second])
    })
}

/// The date that figures without an era mean in this one.
fn birth_in(era: Era, text: &Text, range: std::ops::Range<usize>) -> Option<PartialDate> {
    let [year, month, day] = figures(text, range)?;
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    from_wareki(era, year, Some(month), Some(day)).ok().map(|found| found.date)
}

/// The three figures of a date.
fn figures(text: &Text, range: std::ops::Range<usize>) -> Option<[i16; 3]> {
    let mut cursor = Cursor::new(text, range);
    let mut figures = Vec::new();
    while !cursor.is_done() {
        match cursor.whole() {
            Some((value, _)) => figures.push(i16::try_from(value).ok()?),
            None => cursor.step(),
        }
    }
    figures.try_into().ok()
}

/// Nobody on a chart is older.
const OLDEST: i16 = 115;
