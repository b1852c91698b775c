//! Every word the pages say, in Japanese and English.
//!
//! The texts stand in `messages/ja.toml` and `messages/en.toml`. Both are read into the same
//! struct, so a text that one of them lacks, or that no page has a field for, fails to load;
//! a text that no page uses is reported by the compiler as a field never read.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::LazyLock,
};

use askama::FastWritable;
use chart::{CodeSystem, DoubtKind, FindingKind, Language, Role, ScanFault, Stage, Timing};
use serde::Deserialize;

/// A text, possibly with places such as `{count}` to fill.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
#[serde(transparent)]
pub(crate) struct Text(String);

impl Text {
    /// The text with `{name}` filled.
    pub(crate) fn with(&self, name: &str, value: impl fmt::Display) -> Self {
        Self(self.0.replace(&format!("{{{name}}}"), &value.to_string()))
    }

    /// The bare text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FastWritable for Text {
    fn write_into(&self, dest: &mut dyn fmt::Write, _: &dyn askama::Values) -> askama::Result<()> {
        Ok(dest.write_str(&self.0)?)
    }
}

/// A doubt in words: what is the matter, and what the person should do about it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DoubtWords {
    /// What is the matter, in a few words.
    pub(crate) title: Text,
    /// What to do.
    pub(crate) advice: Text,
}

macro_rules! texts {
    ($($group:ident: $Group:ident { $($key:ident)* })*) => {
        $(
            #[derive(Debug, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub(crate) struct $Group { $(pub(crate) $key: Text,)* }
        )*

        /// All texts of one language.
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct Messages {
            $(pub(crate) $group: $Group,)*
            stage: HashMap<Stage, Text>,
            role: HashMap<Role, Text>,
            kind: HashMap<FindingKind, Text>,
            system: HashMap<CodeSystem, Text>,
            timing: HashMap<Timing, Text>,
            doubt: HashMap<DoubtKind, DoubtWords>,
            scan_fault: HashMap<ScanFault, Text>,
            field: BTreeMap<String, Text>,
            hint: BTreeMap<String, Text>,
            action: BTreeMap<String, Text>,
            candidate_reason: BTreeMap<String, Text>,
            unreadable_reason: BTreeMap<String, Text>,
        }
    };
}

texts! {
    frame: FrameTexts {
        product skip pages intake queue users audit sign_out language_other signed_in_as
        keys_title local_only
    }
    sign_in: SignInTexts {
        title login password submit wrong wait carried expired signed_out
    }
    carried: CarriedTexts {
        title_expired title_mismatch explain_expired
        explain_mismatch what submit discard
    }
    work_list: WorkListTexts {
        title all search_label search_submit clear next_page none none_hint
        column_page column_stage column_chart column_findings column_since open page_number
        doubtful held_by previous following showing nothing_next done key_next key_search to_intake
    }
    review: ReviewTexts {
        picture zoom_in zoom_out fit_width full_size marks page_of findings none_of_kind surface
        crop candidates candidates_hint code_none doubts sure unsure by_hand
        save saved remove remove_reason remove_submit removed restore
        add_kind edit history start take_back amend held_by_other held_explain read_only
        hand_over hand_over_hint to_confirm confirm_hint send_back send_back_note
        send_back_submit end_title reject withdraw end_reason end_submit unreadable
        unreadable_explain retry type_in being_read being_read_explain committed
        committed_explain ended ended_explain note_from conflict_title conflict_explain
        conflict_theirs conflict_saved_by key_next key_next_unsure save_checked key_previous key_save
        key_hand_over key_zoom back basis_question basis_day basis_once basis_unknown
        basis_must each_time per_day_total
        marked_unknown reading_of picture_missing more scan_faults
        place_hint place_line place_none chart_title chart_number chart_hint chart_submit
    }
    suggest: SuggestTexts {
        list count used looks_like historic abolished several_forms
    }
    hand_over: HandOverTexts { title explain open_doubts must_choose must_name submit back nothing }
    confirm: ConfirmTexts {
        title explain what doubts must_title must_explain go_choose submit back none removed
        done
    }
    history: HistoryTexts { title none when who what from to reason back records version }
    intake: IntakeTexts {
        title explain files chart chart_hint campaign campaign_hint submit result taken
        duplicate refused see_pages again sending accepted_kinds none_chosen
    }
    queue: QueueTexts {
        title explain waiting in_work dead none_dead dead_title column_page column_reason
        column_since column_attempts retry retry_all retried unavailable
    }
    users: UsersTexts {
        title add login display_name role password password_hint submit active inactive
        deactivate activate set_password new_password added changed login_taken
        password_short name_missing yourself column_name column_state
    }
    audit: AuditTexts {
        title explain verify verified broken fault_missing fault_altered fault_misplaced fault_head
        column_when column_who column_what column_page
        older newer system none
    }
    failure: FailureTexts {
        not_found_title not_found_explain forbidden_title forbidden_explain
        mismatch_title mismatch_explain away_title away_explain broken_title broken_explain
        state_title state_explain too_large_title too_large_explain bad_title bad_explain
        conflict_title conflict_explain
        kept try_again to_list reference
    }
    word: WordTexts {
        yes none unknown male female day once day_amount once_amount total_amount active cancelled confirmed suspected
        negated history family main prn weekly days times negative_allergy date
        colon open close list breakfast lunch dinner before just_before after
        between bad_number bad_whole bad_date required
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "templates hand references, whatever the size"
)]
impl Messages {
    /// The texts of a language.
    pub(crate) fn of(language: Language) -> &'static Self {
        static JA: LazyLock<Messages> =
            LazyLock::new(|| parse(include_str!("../messages/ja.toml")));
        static EN: LazyLock<Messages> =
            LazyLock::new(|| parse(include_str!("../messages/en.toml")));
        match language {
            Language::Ja => &JA,
            Language::En => &EN,
        }
    }

    pub(crate) fn stage(&self, stage: &Stage) -> &Text {
        &self.stage[stage]
    }

    pub(crate) fn role(&self, role: &Role) -> &Text {
        &self.role[role]
    }

    pub(crate) fn kind(&self, kind: &FindingKind) -> &Text {
        &self.kind[kind]
    }

    pub(crate) fn system(&self, system: CodeSystem) -> &Text {
        &self.system[&system]
    }

    pub(crate) fn timing(&self, timing: Timing) -> &Text {
        &self.timing[&timing]
    }

    /// What is wrong with a scan, and what to do about it.
    pub(crate) fn scan_fault(&self, fault: ScanFault) -> &Text {
        &self.scan_fault[&fault]
    }

    pub(crate) fn doubt(&self, kind: DoubtKind) -> &DoubtWords {
        &self.doubt[&kind]
    }

    /// The label of a form field; the field's own name if it has none.
    pub(crate) fn field<'a>(&'a self, name: &'a str) -> &'a str {
        self.field.get(name).map_or(name, Text::as_str)
    }

    /// Whether people are shown a field of this name at all.
    pub(crate) fn names_field(&self, name: &str) -> bool {
        self.field.contains_key(name)
    }

    /// How to fill a field, where that is not plain.
    pub(crate) fn hint(&self, name: &str) -> Option<&str> {
        self.hint.get(name).map(Text::as_str)
    }

    /// What an audit event tells, in words; the event's own name if there are none.
    pub(crate) fn action<'a>(&'a self, action: &'a str) -> &'a str {
        self.action.get(action).map_or(action, Text::as_str)
    }

    /// Why a candidate is offered, in words; the lexicon's own words if there are none.
    pub(crate) fn candidate_reason<'a>(&'a self, reason: &'a str) -> &'a str {
        self.candidate_reason.get(reason).map_or(reason, Text::as_str)
    }

    /// Why no attempt could read a page: workers write a word that stands here, a colon, and the
    /// facts for the log. What has no such word is shown as it is.
    pub(crate) fn unreadable_reason<'a>(&'a self, reason: &'a str) -> &'a str {
        let word = reason.split(':').next().unwrap_or_default();
        self.unreadable_reason.get(word).map_or(reason, Text::as_str)
    }
}

/// The two files are part of the program: a fault in them is a fault in it, and the tests
/// below find it before anyone else does.
fn parse(text: &str) -> Messages {
    toml::from_str(text).unwrap_or_else(|fault| panic!("a message file is faulty: {fault}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use records::audit::Action;

    use super::*;

    fn keys(table: &toml::Table, prefix: &str, found: &mut BTreeSet<String>) {
        for (key, value) in table {
            let path = format!("{prefix}{key}");
            match value {
                toml::Value::Table(inner) => keys(inner, &format!("{path}/"), found),
                _ => assert!(found.insert(path)),
            }
        }
    }

    fn keys_of(text: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        keys(&text.parse().unwrap(), "", &mut found);
        found
    }

    #[test]
    fn both_languages_have_the_same_keys() {
        let ja = keys_of(include_str!("../messages/ja.toml"));
        let en = keys_of(include_str!("../messages/en.toml"));
        assert_eq!(ja, en);
    }

    #[test]
    fn everything_that_can_be_named_has_words_in_both_languages() {
        for language in [Language::Ja, Language::En] {
            let words = Messages::of(language);
            for kind in DoubtKind::ALL {
                assert!(!words.doubt(kind).title.as_str().is_empty());
                assert!(!words.doubt(kind).advice.as_str().is_empty());
            }
            for fault in ScanFault::ALL {
                assert!(!words.scan_fault(fault).as_str().is_empty());
            }
            for stage in Stage::ALL {
                assert!(!words.stage(&stage).as_str().is_empty());
            }
            for role in Role::ALL {
                assert!(!words.role(&role).as_str().is_empty());
            }
            for kind in FindingKind::ALL {
                assert!(!words.kind(&kind).as_str().is_empty());
                for spec in crate::content_form::specs(kind) {
                    assert!(words.names_field(spec.name), "{} has no label", spec.name);
                }
            }
            for action in Action::ALL {
                assert_ne!(words.action(action.as_str()), action.as_str());
            }
        }
    }

    #[test]
    fn every_refusal_of_a_file_says_what_to_do_in_both_languages() {
        use ingest::{Format, Refusal};
        let refusals = [
            Refusal::Empty,
            Refusal::NotAPicture(None),
            Refusal::Truncated { format: Format::Jpeg, page: Some(1) },
            Refusal::Damaged { page: None, what: String::new() },
            Refusal::EncryptedPdf,
            Refusal::NoPages,
            Refusal::TooManyPages { pages: 9, limit: 8 },
            Refusal::TooManyPixels { page: 1, width: 9, height: 9, limit: 8 },
            Refusal::TooLong { page: 1, width: 9, height: 9, limit: 8 },
            Refusal::TooManyBytes { bytes: 9, limit: 8 },
            Refusal::TooSlow { page: 1, limit: 8 },
            Refusal::TooMuchMemory { page: 1, limit: 8 },
            Refusal::Bomb { limit: 8 },
            Refusal::Unsupported { format: Format::Tiff, page: None, what: "G3".into() },
            Refusal::FontNotEmbedded { page: 1, font: "x".into() },
        ];
        for refusal in refusals {
            let [ja, en] = [Language::Ja, Language::En].map(|tongue| refusal.explain(tongue));
            assert!(!ja.is_empty() && !en.is_empty() && ja != en, "{refusal}");
        }
    }

    #[test]
    fn a_place_in_a_text_is_filled() {
        assert_eq!(Text("{count} 枚".into()).with("count", 3).as_str(), "3 枚");
    }
}
