//! A finding as the review page shows it: evidence, doubts, and its form.

use chart::{
    Codes, Content, Doubt, DoubtKind, FindingKind, Medication, Modifier, Orientation, PageId, Rect,
    Timing, UNREADABLE,
};
use records::findings::{PageFinding, Statement};

use crate::{
    content_form::{self, Entry, Fault, Faults, LEFT_UNKNOWN, Spec, word},
    fields::Fields,
    in_words,
    messages::Messages,
    option_words::option_word,
    typed,
};

/// A finding is called sure from this probability on, if nothing speaks against it. One wrong
/// in twenty is what a hurried second look still finds; below it the page asks for that look.
const SURE_FROM: f32 = 0.95;

/// A finding on the review page.
#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing the template asks")]
pub(crate) struct Card {
    pub(crate) id: String,
    pub(crate) page: String,
    /// The whole finding in words.
    pub(crate) reads: String,
    /// The words as written on the paper.
    pub(crate) surface: String,
    pub(crate) codes: String,
    pub(crate) shows_codes: bool,
    /// Classes of the card: `unsure`, `gone`.
    pub(crate) mood: &'static str,
    pub(crate) unsure: bool,
    pub(crate) by_hand: bool,
    pub(crate) doubts: Vec<DoubtView>,
    pub(crate) crop: Option<Crop>,
    /// Why it was removed, if it was.
    pub(crate) removed: Option<String>,
    /// Whether somebody decided to leave the basis unknown.
    pub(crate) left_unknown: bool,
    pub(crate) editable: bool,
    pub(crate) open: bool,
    pub(crate) fields: Vec<FieldView>,
    pub(crate) rare: Vec<FieldView>,
    pub(crate) candidates: Vec<CandidateView>,
    pub(crate) version: i64,
    pub(crate) conflict: Option<ConflictView>,
    pub(crate) saved: bool,
}

/// A doubt in words.
#[derive(Clone)]
pub(crate) struct DoubtView {
    pub(crate) title: String,
    pub(crate) advice: String,
    pub(crate) facts: String,
}

/// The part of the picture that a finding was read from.
#[derive(Clone)]
pub(crate) struct Crop {
    pub(crate) view_box: String,
    pub(crate) picture: String,
    pub(crate) page_width: u32,
    pub(crate) page_height: u32,
}

/// One field of the form.
#[derive(Clone)]
pub(crate) struct FieldView {
    pub(crate) name: &'static str,
    pub(crate) label: String,
    pub(crate) hint: Option<String>,
    pub(crate) width: u8,
    /// `text`, `number`, `one_of`, `tick`, `timings` or `basis`.
    pub(crate) shape: &'static str,
    pub(crate) value: String,
    /// What is suggested for it, if anything is.
    pub(crate) suggested: Option<&'static str>,
    pub(crate) options: Vec<OptionView>,
    pub(crate) meals: Vec<String>,
    pub(crate) timings: Vec<TimingRow>,
    /// A doubt is about this field.
    pub(crate) questioned: bool,
    /// It has to be answered before the page can be confirmed.
    pub(crate) must: bool,
    pub(crate) fault: Option<String>,
    /// What somebody else stored meanwhile, where it differs.
    pub(crate) theirs: Option<String>,
}

/// One of several answers.
#[derive(Clone)]
pub(crate) struct OptionView {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) explain: Option<String>,
    pub(crate) chosen: bool,
}

/// One line of the table of timings: before meals, after meals.
#[derive(Clone)]
pub(crate) struct TimingRow {
    pub(crate) label: String,
    pub(crate) cells: Vec<OptionView>,
}

/// A possible value, offered as a button.
#[derive(Clone)]
pub(crate) struct CandidateView {
    pub(crate) index: usize,
    pub(crate) name: String,
    pub(crate) explain: String,
    pub(crate) chosen: bool,
}

/// What somebody else saved while this person typed.
#[derive(Clone)]
pub(crate) struct ConflictView {
    pub(crate) name: String,
    pub(crate) when: String,
    pub(crate) reads: String,
}

/// The upright page, as far as places on it go.
#[derive(Clone, Copy)]
pub(crate) struct Paper {
    /// Size as scanned.
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) orientation: Orientation,
}

impl Paper {
    /// Size once upright.
    pub(crate) const fn upright_size(self) -> (u32, u32) {
        self.orientation.upright_size(self.width, self.height)
    }

    /// Where a place of the page as scanned lies on the upright page; `None` if it is no place.
    pub(crate) fn upright(self, bbox: Rect) -> Option<Rect> {
        let whole = Rect::new(0, 0, self.width, self.height);
        let on_page = bbox.intersection(whole)?;
        Some(self.orientation.to_upright(on_page, self.width, self.height))
    }

    /// Where a place of the upright page lies on the page as scanned; `None` if it is no place.
    pub(crate) fn scanned(self, place: Rect) -> Option<Rect> {
        let (width, height) = self.upright_size();
        let on_page = place.intersection(Rect::new(0, 0, width, height))?;
        Some(self.orientation.to_scanned(on_page, self.width, self.height))
    }

    /// The part around a finding, with some of its surroundings, never narrower than half the
    /// page: a word is read more easily in its line.
    pub(crate) fn crop(self, page: PageId, bbox: Rect) -> Option<Crop> {
        let place = self.upright(bbox)?;
        let (page_width, page_height) = self.upright_size();
        let margin = (place.height() / 3).max(page_height / 250);
        let x0 = place.x0.saturating_sub(margin);
        let width = (place.width() + 2 * margin).max(page_width / 2).min(page_width);
        let x0 = x0.min(page_width - width);
        let y0 = place.y0.saturating_sub(margin);
        let height = (place.height() + 2 * margin).min(page_height - y0);
        Some(Crop {
            view_box: format!("{x0} {y0} {width} {height}"),
            picture: format!("/pages/{page}/picture"),
            page_width,
            page_height,
        })
    }
}

/// Whether a person has changed the finding since it was read: they saw it then.
fn was_seen(finding: &PageFinding) -> bool {
    finding.changed_by.is_some()
}

/// Whether nobody has yet answered whether the amount is for a day or for one time.
pub(crate) fn basis_is_open(finding: &PageFinding) -> bool {
    let content = &finding.current.content;
    let doubted = || finding.doubts.iter().any(|doubt| doubt.kind == DoubtKind::UnknownBasis);
    finding.stands() && asks_for_basis(content) && (!is_total(content) || doubted())
}

/// Whether it is a drug whose name could not be read, and nobody has written it.
pub(crate) fn name_is_open(finding: &PageFinding) -> bool {
    let unread = |content: &Content| matches!(content, Content::Medication(medication) if medication.name == UNREADABLE);
    finding.stands() && unread(&finding.current.content)
}

/// Whether the page cannot be confirmed before somebody has decided something about it.
pub(crate) fn must_be_decided(finding: &PageFinding) -> bool {
    basis_is_open(finding) || name_is_open(finding)
}

fn is_total(content: &Content) -> bool {
    matches!(content, Content::Medication(medication) if in_words::is_total(medication))
}

/// A medication has an amount of which nobody has said what it is for, nor that it cannot be
/// known.
const fn asks_for_basis(content: &Content) -> bool {
    matches!(
        content,
        Content::Medication(Medication {
            dose: Some(_),
            dose_basis: None,
            basis_left_unknown: false,
            ..
        })
    )
}

/// The doubts that still stand. A doubt that a person has answered no longer does: the basis by
/// choosing, the others by changing the finding after having seen them.
pub(crate) fn standing_doubts(finding: &PageFinding) -> Vec<&Doubt> {
    finding
        .doubts
        .iter()
        .filter(|doubt| match doubt.kind {
            DoubtKind::UnknownBasis => asks_for_basis(&finding.current.content),
            _ => !was_seen(finding),
        })
        .collect()
}

/// Whether a person should look.
pub(crate) fn is_unsure(finding: &PageFinding) -> bool {
    let confidence = finding.confidence.unwrap_or(1.0);
    finding.stands()
        && (must_be_decided(finding)
            || !standing_doubts(finding).is_empty()
            || (!was_seen(finding) && confidence < SURE_FROM))
}

/// A drug or a disease that no code names: worth saying.
const fn has_no_code(content: &Content) -> bool {
    match content {
        Content::Medication(_) => true,
        Content::Diagnosis(diagnosis) => diagnosis.icd10.is_none(),
        _ => false,
    }
}

/// The card with its form filled from what is stored.
pub(crate) fn card(
    words: &Messages,
    finding: &PageFinding,
    paper: Option<Paper>,
    editable: bool,
) -> Card {
    let content = &finding.current.content;
    let unsure = is_unsure(finding);
    let doubts = standing_doubts(finding);
    let fields = content_form::fill(content);
    let (common, rare) = form(words, content.kind(), &fields, &doubts, &Vec::new(), None);
    let by_hand = finding.drafted.is_none() || was_seen(finding);
    Card {
        id: finding.id.to_string(),
        page: finding.page.to_string(),
        reads: in_words::finding(words, content),
        surface: finding.surface.clone(),
        codes: codes_of_statement(words, &finding.current),
        shows_codes: !finding.current.codes.is_empty() || has_no_code(content),
        mood: match (finding.stands(), unsure) {
            (false, _) => "gone",
            (true, true) => "unsure",
            (true, false) => "",
        },
        unsure,
        by_hand: by_hand && !unsure,
        doubts: doubts.into_iter().map(|doubt| in_view(words, doubt)).collect(),
        crop: paper.zip(finding.bbox).and_then(|(paper, bbox)| paper.crop(finding.page, bbox)),
        removed: finding.removed.as_ref().map(|removal| removal.reason.clone()),
        left_unknown: matches!(
            content,
            Content::Medication(Medication { basis_left_unknown: true, .. })
        ),
        editable,
        open: unsure && editable,
        fields: common,
        rare,
        candidates: candidates(words, finding),
        version: finding.version,
        conflict: None,
        saved: false,
    }
}

impl Card {
    /// Shows what a person typed instead of what is stored, with its faults.
    pub(crate) fn retype(
        &mut self,
        words: &Messages,
        kind: FindingKind,
        typed: &Fields,
        faults: &Faults,
        stored: Option<&Fields>,
    ) {
        (self.fields, self.rare) = form(words, kind, typed, &[], faults, stored);
        self.open = true;
    }

    /// An empty card to type a finding into.
    pub(crate) fn new(words: &Messages, page: PageId, kind: FindingKind, typed: &Fields) -> Self {
        let (fields, rare) = form(words, kind, typed, &[], &Vec::new(), None);
        Self {
            id: "new".to_owned(),
            page: page.to_string(),
            reads: String::new(),
            surface: String::new(),
            codes: String::new(),
            shows_codes: false,
            mood: "",
            unsure: false,
            by_hand: true,
            doubts: Vec::new(),
            crop: None,
            removed: None,
            left_unknown: false,
            editable: true,
            open: true,
            fields,
            rare,
            candidates: Vec::new(),
            version: 0,
            conflict: None,
            saved: false,
        }
    }
}

pub(crate) fn in_view(words: &Messages, doubt: &Doubt) -> DoubtView {
    let said = words.doubt(doubt.kind);
    DoubtView {
        title: said.title.to_string(),
        advice: said.advice.to_string(),
        facts: doubt.facts.clone(),
    }
}

/// The codes of the name and of the modifiers around it, in one line.
pub(crate) fn codes_of_statement(words: &Messages, statement: &Statement) -> String {
    let mut all = vec![codes(words, &statement.codes)];
    if let Content::Diagnosis(diagnosis) = &statement.content {
        let coded = |it: &Modifier| {
            // 管理番号 is the one that leaves the clinic; older readings have the receipt's alone.
            let code = it.id.as_ref().or(it.code.as_ref())?;
            Some(format!("{} {code}", it.name))
        };
        all.extend(diagnosis.modifiers.iter().filter_map(coded));
    }
    all.retain(|code| !code.is_empty());
    all.join("  ")
}

/// The codes in one line, each with its system.
fn codes(words: &Messages, codes: &Codes) -> String {
    let codes: Vec<String> =
        codes.iter().map(|(system, code)| format!("{} {code}", words.system(*system))).collect();
    codes.join("  ")
}

fn candidates(words: &Messages, finding: &PageFinding) -> Vec<CandidateView> {
    let statement = &finding.current;
    finding
        .candidates
        .iter()
        .enumerate()
        .map(|(index, candidate)| {
            let codes = codes(words, &candidate.codes);
            let reason = words.candidate_reason(&candidate.reason);
            CandidateView {
                index,
                name: candidate.name.clone(),
                explain: format!("{reason}  {codes}").trim().to_owned(),
                chosen: candidate.name == in_words::name(&statement.content)
                    && candidate.codes == statement.codes,
            }
        })
        .collect()
}

/// The fields of a form: those always shown, and those behind "other fields".
fn form(
    words: &Messages,
    kind: FindingKind,
    fields: &Fields,
    doubts: &[&Doubt],
    faults: &Faults,
    stored: Option<&Fields>,
) -> (Vec<FieldView>, Vec<FieldView>) {
    let mut common = Vec::new();
    let mut rare = Vec::new();
    for spec in content_form::specs(kind) {
        let view = field(words, spec, fields, doubts, faults, stored);
        let hidden = spec.rare && view.value.is_empty() && view.fault.is_none();
        if hidden { rare.push(view) } else { common.push(view) }
    }
    (common, rare)
}

fn field(
    words: &Messages,
    spec: &Spec,
    fields: &Fields,
    doubts: &[&Doubt],
    faults: &Faults,
    stored: Option<&Fields>,
) -> FieldView {
    let mut view = FieldView {
        name: spec.name,
        label: words.field(spec.name).to_owned(),
        hint: words.hint(spec.name).map(str::to_owned),
        width: spec.width,
        shape: "text",
        value: fields.get(spec.name).to_owned(),
        suggested: None,
        options: Vec::new(),
        meals: Vec::new(),
        timings: Vec::new(),
        questioned: doubts.iter().any(|doubt| doubt.field.as_deref() == Some(spec.of)),
        must: false,
        fault: faults
            .iter()
            .find(|(name, _)| *name == spec.name)
            .map(|(_, fault)| fault_words(words, *fault).to_owned()),
        theirs: stored.and_then(|stored| theirs(words, spec, fields, stored)),
    };
    match spec.entry {
        Entry::Words | Entry::Date => {}
        Entry::Suggested(suggested) => view.suggested = Some(suggested.as_str()),
        Entry::Number => view.shape = "number",
        Entry::Tick => view.shape = "tick",
        Entry::OneOf(options) => {
            view.shape = "one_of";
            view.options = options
                .iter()
                .map(|option| OptionView {
                    value: (*option).to_owned(),
                    label: option_word(words, spec.name, option).unwrap_or(option).to_owned(),
                    explain: None,
                    chosen: view.value == *option,
                })
                .collect();
        }
        Entry::Timings => timings(words, fields, &mut view),
        Entry::Basis => basis(words, fields, &mut view),
    }
    view
}

fn fault_words(words: &Messages, fault: Fault) -> &str {
    let word = &words.word;
    match fault {
        Fault::Required => word.required.as_str(),
        Fault::NoNumber => word.bad_number.as_str(),
        Fault::NoWhole => word.bad_whole.as_str(),
        Fault::NoDate => word.bad_date.as_str(),
    }
}

/// What somebody else stored in a field, if it is not what was typed.
fn theirs(words: &Messages, spec: &Spec, typed: &Fields, stored: &Fields) -> Option<String> {
    let mut mine: Vec<&str> = typed.all(spec.name).filter(|value| !value.is_empty()).collect();
    let mut other: Vec<&str> = stored.all(spec.name).filter(|value| !value.is_empty()).collect();
    mine.sort_unstable();
    other.sort_unstable();
    (mine != other).then(|| {
        let said: Vec<&str> = other
            .into_iter()
            .map(|value| option_word(words, spec.name, value).unwrap_or(value))
            .collect();
        if said.is_empty() {
            words.word.none.to_string()
        } else {
            said.join(words.word.list.as_str())
        }
    })
}

/// Lines and columns of the table of timings.
const TIMING_ROWS: [[Timing; 3]; 4] = [
    [Timing::BeforeBreakfast, Timing::BeforeLunch, Timing::BeforeDinner],
    [Timing::JustBeforeBreakfast, Timing::JustBeforeLunch, Timing::JustBeforeDinner],
    [Timing::AfterBreakfast, Timing::AfterLunch, Timing::AfterDinner],
    [Timing::BetweenBreakfast, Timing::BetweenLunch, Timing::BetweenDinner],
];

fn timings(words: &Messages, fields: &Fields, view: &mut FieldView) {
    let say = &words.word;
    let option = |timing: Timing| {
        let value = word(timing);
        OptionView {
            chosen: fields.all("timing").any(|chosen| chosen == value),
            label: words.timing(timing).to_string(),
            explain: None,
            value,
        }
    };
    view.shape = "timings";
    view.meals = [&say.breakfast, &say.lunch, &say.dinner].map(ToString::to_string).to_vec();
    view.timings = [&say.before, &say.just_before, &say.after, &say.between]
        .iter()
        .zip(TIMING_ROWS)
        .map(|(label, row)| TimingRow {
            label: label.to_string(),
            cells: row.into_iter().map(option).collect(),
        })
        .collect();
    view.options = vec![option(Timing::Wakeup), option(Timing::Bedtime)];
}

/// Both readings of the amount in full words, and "not known". Nothing is chosen that no page
/// and no person said.
fn basis(words: &Messages, fields: &Fields, view: &mut FieldView) {
    let say = &words.review;
    let dose = typed::number(fields.get("dose"));
    let unit = fields.get("unit");
    let times = typed::whole::<u8>(fields.get("times_per_day")).filter(|times| *times > 0);
    view.shape = "basis";
    let option = |value: &str, label: String, explain: Option<String>| OptionView {
        chosen: fields.get("dose_basis") == value,
        value: value.to_owned(),
        label,
        explain,
    };
    let Some(dose) = dose else {
        view.options = vec![
            option("day", words.word.day.to_string(), None),
            option("once", words.word.once.to_string(), None),
        ];
        return;
    };
    let amount = in_words::amount(dose, Some(unit));
    let in_a_day = times.map(|times| {
        let each = in_words::divided(dose, times, Some(unit));
        say.each_time.with("dose", each).with("times", times).to_string()
    });
    let each_time = times.map(|times| {
        let total = in_words::amount(dose * rust_decimal::Decimal::from(times), Some(unit));
        say.per_day_total.with("dose", total).with("times", times).to_string()
    });
    // What was written as the total of the prescription is neither.
    let is_total = typed::number(fields.get("quantity")) == Some(dose);
    view.must = view.value.is_empty() && !is_total;
    if view.must {
        view.label = say.basis_question.with("dose", &amount).to_string();
    }
    view.options = vec![
        option("day", say.basis_day.with("dose", &amount).to_string(), in_a_day),
        option("once", say.basis_once.with("dose", &amount).to_string(), each_time),
        option(LEFT_UNKNOWN, say.basis_unknown.to_string(), None),
    ];
}

#[cfg(test)]
mod tests {
    use chart::{Language, Timestamp};

    use super::*;
    use crate::samples;

    fn ask(body: &str) -> FieldView {
        let words = Messages::of(Language::Ja);
        let (common, _) = form(
            words,
            FindingKind::Medication,
            &Fields::from_body(body.as_bytes()),
            &[],
            &Vec::new(),
            None,
        );
        common.into_iter().find(|view| view.shape == "basis").unwrap()
    }

    #[test]
    fn both_readings_of_an_amount_are_told_in_full_and_none_is_chosen() {
        let view = ask("dose=3&unit=錠&times_per_day=3");
        assert!(view.must);
        assert!(view.options.iter().all(|option| !option.chosen));
        assert_eq!(view.options[0].label, "1 日で 3錠");
        assert_eq!(view.options[0].explain.as_deref(), Some("1 回に 1錠 ずつ、1 日 3 回"));
        assert_eq!(view.options[1].label, "1 回に 3錠");
        assert_eq!(view.options[1].explain.as_deref(), Some("1 日 3 回で、合わせて 9錠"));
        assert_eq!(view.options[2].value, LEFT_UNKNOWN);
    }

    #[test]
    fn the_total_of_a_prescription_is_not_asked_about() {
        assert!(!ask("dose=21&quantity=21&unit=枚").must);
        assert!(ask("dose=3&quantity=21&unit=枚").must);
    }

    #[test]
    fn a_chosen_reading_asks_no_more() {
        let view = ask("dose=3&unit=錠&times_per_day=3&dose_basis=once");
        assert!(!view.must);
        assert!(view.options[1].chosen);
    }

    #[test]
    fn what_another_person_stored_stands_beside_what_was_typed() {
        let words = Messages::of(Language::Ja);
        let typed = Fields::from_body("name=A&timing=bedtime&dose=1".as_bytes());
        let stored = Fields::from_body("name=A&timing=wakeup&dose=2".as_bytes());
        let (common, _) =
            form(words, FindingKind::Medication, &typed, &[], &Vec::new(), Some(&stored));
        let theirs = |name| common.iter().find(|view| view.name == name).unwrap().theirs.clone();
        assert_eq!(theirs("name"), None);
        assert_eq!(theirs("dose").as_deref(), Some("2"));
        assert_eq!(theirs("timing").as_deref(), Some("起床時"));
    }

    #[test]
    fn a_name_that_could_not_be_read_must_be_written() {
        let mut finding = samples::doubtful_finding();
        finding.changed_by = Some(chart::UserId::new(Timestamp::from_millis(1)));
        let Content::Medication(medication) = &mut finding.current.content else { panic!() };
        medication.basis_left_unknown = true;
        assert!(!must_be_decided(&finding));
        let Content::Medication(medication) = &mut finding.current.content else { panic!() };
        medication.name = UNREADABLE.into();
        assert!(must_be_decided(&finding) && is_unsure(&finding));
    }

    #[test]
    fn an_unknown_basis_stays_a_doubt_until_somebody_answers() {
        let mut finding = samples::doubtful_finding();
        finding.changed_by = Some(chart::UserId::new(Timestamp::from_millis(1)));
        assert!(basis_is_open(&finding));
        assert_eq!(standing_doubts(&finding)[0].kind, DoubtKind::UnknownBasis);
        let Content::Medication(medication) = &mut finding.current.content else { panic!() };
        medication.basis_left_unknown = true;
        assert!(!basis_is_open(&finding));
        assert!(!is_unsure(&finding));
    }

    #[test]
    fn a_crop_shows_the_upright_words_of_a_page_scanned_on_its_head() {
        let paper = Paper { width: 1000, height: 2000, orientation: Orientation::UpsideDown };
        let crop =
            paper.crop(PageId::new(Timestamp::from_millis(1)), Rect::new(100, 1900, 900, 1960));
        assert_eq!(crop.unwrap().view_box, "80 20 840 100");
    }
}
