//! Every template, in both languages.

use askama::Template;
use chart::{FindingKind, Language, PageId, Role, Stage, Timestamp, UserId};

use super::{
    add::{AddPage, LineView},
    audit::{AuditPage, EventRow},
    confirm::{ConfirmPage, Item, ItemGroup},
    failure::FailurePage,
    finding::FindingPart,
    hand_over::{HandOverPage, OpenItem},
    history::{CorrectionView, HistoryPage, RecordView},
    intake::{FileResult, IntakePage},
    queue::{DeadRow, QueuePage},
    review::{Group, Mark, NoteView, PageView, PictureView, ReviewPage},
    sign_in::SignInPage,
    users::{UserView, UsersPage},
    work_list::{Filter, RowView, WorkListPage},
};
use crate::{
    app::QueueDepth,
    card::{Card, ConflictView, Paper, card, in_view},
    carried::{Carried, CarriedPage, shown},
    content_form,
    fields::Fields,
    frame::{Frame, Person},
    samples,
};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

fn frame(language: Language) -> Frame {
    let mut frame = Frame::bare(language, "/");
    frame.person = Some(Person { name: "佐藤 恵 <&\">".into(), role: Role::Administrator });
    frame.csrf = "token".into();
    frame
}

fn carried() -> Carried {
    let body = "name=%3Cb%3E&dose_basis=day&prn=yes&sex=female&role=clerk&_version=3";
    Carried { action: "/pages/x".into(), fields: Fields::from_body(body.as_bytes()) }
}

fn cards(frame: &Frame) -> Vec<Card> {
    let finding = samples::doubtful_finding();
    let paper = Paper { width: 1000, height: 1400, orientation: chart::Orientation::Upright };
    let mut conflicting = card(frame.words, &finding, Some(paper), true);
    conflicting.conflict =
        Some(ConflictView { name: "鈴木".into(), when: "14:03".into(), reads: "x".into() });
    let mut removed = card(frame.words, &finding, None, true);
    removed.removed = Some("誤り".into());
    let mut all: Vec<Card> = samples::contents()
        .into_iter()
        .map(|content| {
            let mut finding = finding.clone();
            finding.current.content = content;
            card(frame.words, &finding, Some(paper), true)
        })
        .collect();
    all.extend([conflicting, removed]);
    all
}

fn page_view(stage: Stage) -> PageView {
    let some = || Some("x".to_owned());
    PageView {
        id: PageId::new(NOW),
        title: "見本 花子".into(),
        file: "a.jpg".into(),
        number: 1,
        stage,
        version: 3,
        note: Some(NoteView { name: "田中".into(), when: "14:03".into(), text: "日数".into() }),
        reason: some(),
        held_by_other: some(),
        being_read: true,
        ended: some(),
        committed: some(),
        reopen: some(),
        looks_only: true,
        editable: true,
        may_retry: true,
        may_hand_over: true,
        may_confirm: true,
        may_send_back: true,
        may_end: true,
        chart: "A-104".into(),
        engine: some(),
        scan_faults: vec!["ぼやけています".into()],
    }
}

fn picture() -> PictureView {
    let label = "ロキソニン".to_owned();
    let mark = Mark { id: "1".into(), x: 1, y: 2, width: 3, height: 4, unsure: true, label };
    PictureView { width: 1000, height: 1400, marks: vec![mark] }
}

fn review_pages(frame: &Frame) -> Vec<String> {
    let review = |stage| ReviewPage {
        frame: frame.clone(),
        page: page_view(stage),
        picture: Some(picture()),
        groups: FindingKind::ALL
            .into_iter()
            .map(|kind| Group { kind, cards: cards(frame) })
            .collect(),
    };
    let kind = FindingKind::Medication;
    let empty = content_form::fill(&content_form::empty(kind));
    let item = || Item {
        id: "1".into(),
        reads: "x".into(),
        codes: "y".into(),
        doubts: vec![in_view(frame.words, &samples::doubtful_finding().doubts[0])],
        crop: None,
    };
    let add = AddPage {
        frame: frame.clone(),
        title: "x".into(),
        kind,
        picture: Some(picture()),
        card: Card::new(frame.words, PageId::new(NOW), kind, &empty),
        lines: vec![LineView {
            index: 0,
            text: "ロキソニン".into(),
            chosen: true,
            place: "1 2 3 4".into(),
        }],
        drawn: "1 2 3 4".into(),
    };
    let hand_over = HandOverPage {
        frame: frame.clone(),
        id: PageId::new(NOW),
        page_title: "x".into(),
        version: 1,
        open: vec![OpenItem {
            id: "1".into(),
            reads: "x".into(),
            must_choose: true,
            must_name: true,
            doubts: item().doubts,
        }],
    };
    let confirm = ConfirmPage {
        frame: frame.clone(),
        id: PageId::new(NOW),
        page_title: "x".into(),
        version: 1,
        must: vec![item()],
        groups: vec![ItemGroup { kind, items: vec![item()] }],
        removed: vec![item()],
    };
    let part = FindingPart { frame: frame.clone(), card: cards(frame).remove(0) };
    let mut pages: Vec<String> =
        Stage::ALL.into_iter().map(|stage| review(stage).render().unwrap()).collect();
    pages.extend([
        add.render().unwrap(),
        hand_over.render().unwrap(),
        confirm.render().unwrap(),
        part.render().unwrap(),
    ]);
    pages
}

#[expect(clippy::too_many_lines, reason = "one entry a template")]
fn other_pages(frame: &Frame) -> Vec<String> {
    let words = frame.words;
    let text = words.failure.away_title.clone();
    let frame = || frame.clone();
    let s = || "x <y>".to_owned();
    vec![
        SignInPage {
            frame: frame(),
            message: Some(text.clone()),
            fault: Some(text.clone()),
            login: s(),
            then: s(),
            carried: Some(carried()),
        }
        .render(),
        CarriedPage {
            frame: frame(),
            title: text.clone(),
            explain: text.clone(),
            shown: shown(words, &carried()),
            carried: carried(),
        }
        .render(),
        FailurePage {
            frame: frame(),
            title: text.clone(),
            explain: text.clone(),
            shown: shown(words, &carried()),
            resend: Some(carried()),
            reference: Some(s()),
        }
        .render(),
        WorkListPage {
            frame: frame(),
            message: Some(text.clone()),
            filters: vec![Filter { label: s(), count: 1, address: s(), chosen: true }],
            stage: Some(Stage::Drafted),
            search: s(),
            has_next: true,
            rows: vec![RowView {
                id: PageId::new(NOW),
                file: s(),
                number: 1,
                chart: s(),
                stage: Stage::InReview,
                held_by: Some(s()),
                findings: Some(3),
                doubtful: 1,
                since: s(),
            }],
            first: 1,
            last: 1,
            count: 1,
            previous: Some(s()),
            following: Some(s()),
        }
        .render(),
        HistoryPage {
            frame: frame(),
            id: PageId::new(NOW),
            page_title: s(),
            corrections: vec![CorrectionView {
                when: s(),
                who: s(),
                what: s(),
                from: s(),
                to: s(),
                reason: s(),
            }],
            records: vec![RecordView { when: s(), who: s(), reads: s(), version: 2 }],
        }
        .render(),
        IntakePage {
            frame: frame(),
            fault: Some(text.clone()),
            chart: s(),
            campaign: s(),
            results: vec![FileResult { file: s(), mood: "bad", text: s() }],
        }
        .render(),
        QueuePage {
            frame: frame(),
            message: Some(text.clone()),
            depth: Some(QueueDepth::default()),
            dead: vec![DeadRow {
                page: PageId::new(NOW),
                paper: s(),
                reason: s(),
                attempts: 4,
                since: s(),
            }],
        }
        .render(),
        UsersPage {
            frame: frame(),
            message: Some(text.clone()),
            fault: Some(text.clone()),
            users: vec![UserView {
                id: UserId::new(NOW),
                name: s(),
                login: s(),
                role: Role::Clerk,
                active: true,
            }],
            roles: Role::ALL,
            typed: Fields::default(),
        }
        .render(),
        AuditPage {
            frame: frame(),
            verdict: Some(text),
            whole: false,
            rows: vec![EventRow {
                number: 1,
                when: s(),
                who: String::new(),
                what: s(),
                page: None,
                subject: s(),
            }],
            newer: Some(s()),
            older: Some(s()),
        }
        .render(),
    ]
    .into_iter()
    .map(Result::unwrap)
    .collect()
}

#[test]
fn every_template_renders_in_both_languages_with_nothing_inline() {
    for language in [Language::Ja, Language::En] {
        let frame = frame(language);
        for html in review_pages(&frame).into_iter().chain(other_pages(&frame)) {
            assert!(!html.contains("<&\"") && !html.contains("<y>"), "unescaped: {html}");
            assert!(!html.contains("style=\"") && !html.contains(" onclick="));
            assert!(!html.contains("://"), "an address elsewhere: {html}");
            for word in ["{name}", "{count}", "{dose}", "{when}", "{number}"] {
                assert!(!html.contains(word), "{word} was not filled");
            }
        }
    }
}

#[test]
fn every_field_one_types_into_has_a_label() {
    let frame = frame(Language::Ja);
    for html in review_pages(&frame).into_iter().chain(other_pages(&frame)) {
        for tag in html.split("<input").skip(1).map(|it| &it[..it.find('>').unwrap()]) {
            if !tag.contains("type=\"text\"") && !tag.contains("type=\"password\"") {
                continue;
            }
            let id = tag.split("id=\"").nth(1).unwrap().split('"').next().unwrap();
            assert!(html.contains(&format!("<label for=\"{id}\"")), "{id} has no label");
        }
    }
}
