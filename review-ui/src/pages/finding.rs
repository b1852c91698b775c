//! One finding: corrected, removed, restored.
//!
//! Each form carries the version of the finding that the person saw. If somebody else saved
//! meanwhile, the form comes back with what was typed and, beside it, what is stored now.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use chart::{CodeSystem, Content, FindingId, PageId};
use lexicon::Lexicon;
use records::{
    Conflict, RecordsError, Tx,
    findings::{self, Changed, Correction, PageFinding, Statement},
    pages,
};

use crate::{
    app::{Here, Shared},
    card::{Card, ConflictView, Paper, card},
    coded,
    content_form::{self, Faults},
    failure::UiError,
    fields::{Fields, VERSION},
    frame::Frame,
    in_words,
    pages::review::{ReviewPage, into_review, paper, seen_version},
    posted::Posted,
    show::show,
};

/// The card alone, for htmx.
#[derive(Template)]
#[template(path = "finding.html")]
pub(crate) struct FindingPart {
    pub(crate) frame: Frame,
    pub(crate) card: Card,
}

/// `POST /pages/{page}/findings/{id}`
pub(crate) async fn correct(
    State(here): State<Here>,
    Path((page, id)): Path<(PageId, FindingId)>,
    posted: Posted,
) -> Result<Response, UiError> {
    posted.by.corrects()?;
    let seen = seen_version(&posted.fields)?;
    let now = here.now();
    let mut tx = here.app.db.begin().await?;
    let before = load(&mut tx, &posted, page, id).await?;
    let statement = match stated(&here.app.lexicon, &before, &posted.fields) {
        Ok(statement) => statement,
        Err(faults) => {
            tx.rollback().await?;
            return again(&here, posted, before, Trouble::Faults(faults)).await;
        }
    };
    take_into_review(&mut tx, &here, &posted, page).await?;
    let reason = posted.fields.some("reason");
    let correction = Correction { statement, bbox: None, reason };
    let (tenant, actor) = (posted.by.tenant(), posted.by.actor());
    match findings::correct(&mut tx, tenant, id, seen, correction, actor, now).await {
        Ok(changed) => {
            tx.commit().await?;
            saved(&here, posted, page, changed).await
        }
        Err(RecordsError::Conflict(conflict)) => {
            tx.rollback().await?;
            again(&here, posted, before, Trouble::Conflict(conflict)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /pages/{page}/findings/{id}/remove`
pub(crate) async fn remove(
    State(here): State<Here>,
    Path((page, id)): Path<(PageId, FindingId)>,
    posted: Posted,
) -> Result<Response, UiError> {
    posted.by.corrects()?;
    let seen = seen_version(&posted.fields)?;
    let reason = posted.fields.get("reason");
    let (tenant, actor, now) = (posted.by.tenant(), posted.by.actor(), here.now());
    let mut tx = here.app.db.begin().await?;
    load(&mut tx, &posted, page, id).await?;
    take_into_review(&mut tx, &here, &posted, page).await?;
    let changed = findings::remove(&mut tx, tenant, id, seen, reason, actor, now).await?;
    tx.commit().await?;
    saved(&here, posted, page, changed).await
}

/// `POST /pages/{page}/findings/{id}/restore`
pub(crate) async fn restore(
    State(here): State<Here>,
    Path((page, id)): Path<(PageId, FindingId)>,
    posted: Posted,
) -> Result<Response, UiError> {
    posted.by.corrects()?;
    let seen = seen_version(&posted.fields)?;
    let (tenant, actor, now) = (posted.by.tenant(), posted.by.actor(), here.now());
    let mut tx = here.app.db.begin().await?;
    load(&mut tx, &posted, page, id).await?;
    take_into_review(&mut tx, &here, &posted, page).await?;
    let changed = findings::restore(&mut tx, tenant, id, seen, actor, now).await?;
    tx.commit().await?;
    saved(&here, posted, page, changed).await
}

/// The finding, if it stands on that page.
async fn load(
    tx: &mut Tx,
    posted: &Posted,
    page: PageId,
    id: FindingId,
) -> Result<PageFinding, UiError> {
    findings::find(tx, posted.by.tenant(), id)
        .await?
        .filter(|finding| finding.page == page)
        .ok_or(UiError::NotFound)
}

async fn take_into_review(
    tx: &mut Tx,
    here: &Shared,
    posted: &Posted,
    page: PageId,
) -> Result<(), UiError> {
    let (tenant, actor) = (posted.by.tenant(), posted.by.actor());
    let page = pages::find(tx, tenant, page).await?.ok_or(UiError::NotFound)?;
    into_review(tx, tenant, page, actor, here.now()).await.map(|_| ())
}

/// What the person says the finding is. Choosing a candidate takes over its name and codes. A
/// name or strength changed by hand has the codes of the candidate or of the entry of the lexicon
/// that bears the very name: no code rather than a wrong one.
fn stated(lexicon: &Lexicon, before: &PageFinding, fields: &Fields) -> Result<Statement, Faults> {
    let was = &before.current;
    let mut fields = fields.clone();
    let name_field = match was.content {
        Content::Medication(_) => "name",
        Content::Diagnosis(_) => "diagnosis_name",
        Content::Allergy(_) => "substance",
        Content::Observation(_) => "item",
        Content::Patient(_) => "patient_name",
    };
    let chosen = fields
        .some("candidate")
        .and_then(|index| before.candidates.get(index.parse::<usize>().ok()?));
    if let Some(candidate) = chosen {
        fields = fields.without(name_field);
        fields.push(name_field, &candidate.name);
        if let Some(icd10) = candidate.codes.get(&CodeSystem::Icd10) {
            fields = fields.without("icd10");
            fields.push("icd10", icd10);
        }
    }
    let mut content = content_form::read(&was.content, &fields)?;
    coded::modifiers(lexicon, &mut content);
    let named = chosen.or_else(|| {
        before.candidates.iter().find(|candidate| candidate.name == in_words::name(&content))
    });
    let renamed = names_another(&was.content, &content);
    let codes = match named {
        Some(candidate) if chosen.is_some() || renamed => candidate.codes.clone(),
        _ if renamed => {
            // The code of the old name is none that the person typed for this one.
            if let (Content::Diagnosis(new), Content::Diagnosis(old)) = (&mut content, &was.content)
                && new.icd10 == old.icd10
            {
                new.icd10 = None;
            }
            coded::codes(lexicon, &content)
        }
        _ => was.codes.clone(),
    };
    if let (Content::Diagnosis(new), Content::Diagnosis(old)) = (&mut content, &was.content)
        && renamed
        && (new.icd10.is_none() || new.icd10 == old.icd10)
    {
        new.icd10 = codes.get(&CodeSystem::Icd10).cloned();
    }
    Ok(Statement { content, codes })
}

/// Whether the codes of the one cannot be those of the other.
fn names_another(was: &Content, is: &Content) -> bool {
    in_words::name(was) != in_words::name(is)
        || matches!((was, is), (Content::Medication(was), Content::Medication(is))
            if was.strength != is.strength)
}

/// Why a form comes back.
enum Trouble {
    Faults(Faults),
    Conflict(Box<Conflict>),
}

/// The form again, with everything that was typed.
async fn again(
    here: &Shared,
    posted: Posted,
    before: PageFinding,
    trouble: Trouble,
) -> Result<Response, UiError> {
    let words = posted.by.words();
    let (finding, paper) = look(here, &posted, before.page, before.id).await?;
    let mut card = card(words, &finding, Some(paper), true);
    let stored = content_form::fill(&finding.current.content);
    let typed = posted.fields.clone().without(VERSION).without("candidate");
    let status = match trouble {
        Trouble::Faults(faults) => {
            card.retype(words, finding.kind(), &typed, &faults, None);
            // The person still saw what they saw.
            card.version = seen_version(&posted.fields)?;
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Trouble::Conflict(conflict) => {
            card.retype(words, finding.kind(), &typed, &Vec::new(), Some(&stored));
            card.conflict = Some(ConflictView {
                name: conflict.changed_by_name.unwrap_or_default(),
                when: here.local(conflict.changed_at),
                reads: in_words::finding(words, &finding.current.content),
            });
            StatusCode::CONFLICT
        }
    };
    answer(here, posted, status, card).await
}

/// The card as it stands now. Without htmx, the whole page at the card's place.
async fn saved(
    here: &Shared,
    posted: Posted,
    page: PageId,
    changed: Changed,
) -> Result<Response, UiError> {
    let id = changed.finding.id;
    if !posted.wants_part {
        return Ok(Redirect::to(&format!("/pages/{page}#finding-{id}")).into_response());
    }
    let words = posted.by.words();
    let (finding, paper) = look(here, &posted, page, id).await?;
    let mut card = card(words, &finding, Some(paper), true);
    card.saved = finding.stands();
    let mut headers = HeaderMap::new();
    // The forms that move the page show its version; this tells them the new one.
    let version = format!("{{\"page-version\":{}}}", changed.page_version);
    if let Ok(version) = HeaderValue::from_str(&version) {
        headers.insert("hx-trigger", version);
    }
    let part = show(StatusCode::OK, &FindingPart { frame: posted.by.frame, card });
    Ok((headers, part).into_response())
}

async fn look(
    here: &Shared,
    posted: &Posted,
    page: PageId,
    id: FindingId,
) -> Result<(PageFinding, Paper), UiError> {
    let mut tx = here.app.db.read().await?;
    let finding = load(&mut tx, posted, page, id).await?;
    let tenant = posted.by.tenant();
    let page = pages::find(&mut tx, tenant, page).await?.ok_or(UiError::NotFound)?;
    let (paper, _) = paper(&mut tx, tenant, &page).await?;
    Ok((finding, paper))
}

/// The card for htmx; otherwise the whole page with this card in it.
async fn answer(
    here: &Shared,
    posted: Posted,
    status: StatusCode,
    card: Card,
) -> Result<Response, UiError> {
    if posted.wants_part {
        return Ok(show(status, &FindingPart { frame: posted.by.frame, card }));
    }
    let page: PageId = card.page.parse().map_err(|_| UiError::NotFound)?;
    let review: ReviewPage = ReviewPage::with_card(here, posted.by, page, card).await?;
    Ok(show(status, &review))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn typed(finding: &PageFinding, changes: &[(&str, &str)]) -> Statement {
        let mut fields = content_form::fill(&finding.current.content);
        for (name, value) in changes {
            fields = fields.without(name);
            fields.push(name, *value);
        }
        stated(&samples::lexicon(), finding, &fields).unwrap()
    }

    #[test]
    fn a_name_of_the_lexicon_brings_its_codes() {
        let finding = samples::doubtful_finding();
        let named = typed(&finding, &[("name", "ノルバスク錠"), ("strength", "5mg")]);
        assert_eq!(named.codes.into_values().collect::<Vec<_>>(), ["2171022F2035"]);
        assert!(typed(&finding, &[("name", "ノルバスク錠"), ("strength", "7mg")]).codes.is_empty());
        let mut finding = samples::doubtful_finding();
        finding.candidates.clear();
        finding.current.content = samples::contents().remove(1);
        let named = typed(&finding, &[("diagnosis_name", "２型糖尿病"), ("icd10", "")]);
        let Content::Diagnosis(diagnosis) = named.content else { panic!("still a diagnosis") };
        assert_eq!(diagnosis.icd10.as_deref(), Some("E11"));
        assert_eq!(named.codes.get(&CodeSystem::DiseaseId).map(String::as_str), Some("20050020"));
    }

    #[test]
    fn a_name_typed_by_hand_loses_the_code_of_the_old_name() {
        let finding = samples::doubtful_finding();
        assert!(typed(&finding, &[("name", "ロキソマリン錠")]).codes.is_empty());
        assert!(typed(&finding, &[("strength", "30mg")]).codes.is_empty());
        assert_eq!(typed(&finding, &[("days", "3")]).codes, finding.current.codes);
    }

    #[test]
    fn a_candidate_brings_its_name_and_codes() {
        let finding = samples::doubtful_finding();
        let statement = typed(&finding, &[("candidate", "0")]);
        assert_eq!(in_words::name(&statement.content), "ロキソニン錠60mg");
        assert_eq!(statement.codes, finding.candidates[0].codes);
        let without_code = typed(&finding, &[("candidate", "1")]);
        assert!(without_code.codes.is_empty());
    }

    #[test]
    fn a_disease_renamed_by_hand_keeps_no_icd_code_of_the_old_one() {
        let mut finding = samples::doubtful_finding();
        finding.candidates.clear();
        finding.current.content = samples::contents().remove(1);
        let Content::Diagnosis(renamed) = typed(&finding, &[("diagnosis_name", "糖尿病")]).content
        else {
            panic!("still a diagnosis");
        };
        assert_eq!(renamed.icd10, None);
        let Content::Diagnosis(coded) =
            typed(&finding, &[("diagnosis_name", "糖尿病"), ("icd10", "e14")]).content
        else {
            panic!("still a diagnosis");
        };
        assert_eq!(coded.icd10.as_deref(), Some("E14"));
    }
}
