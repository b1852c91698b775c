//! What settles an abbreviation with several meanings, and what does not.
//!
//! A word in brackets behind it (AD(皮膚)) settles it, or else one of three things: all its readings bear one code (AF is fibrillation or
//! flutter, both I48.9: the code is certain, the name is not); a drug on the page treats one
//! reading and none of the others (AD beside ドネペジル); the place, where only a disease can stand
//! and its other meanings are none (GU in the column 傷病名 is no department). Whatever settles it,
//! the doubt stays and says what it was. Everything else stays open, without a code.

use chart::{Candidate, CodeSystem, Doubt, DoubtKind};

use crate::{
    lexicon::{Disease, How, Lexicon},
    normalise,
    notation::diagnosis::WrittenDiagnosis,
    orders::Order,
};

/// One disease that an abbreviation can mean.
struct Meaning {
    written: &'static str,
    disease: &'static str,
    /// Words in the classes or ingredients of drugs that treat this and no other reading.
    treated_by: &'static [&'static str],
    /// No other meaning is a disease.
    only_disease: bool,
}

const fn by_drugs(
    written: &'static str,
    disease: &'static str,
    treated_by: &'static [&'static str],
) -> Meaning {
    Meaning { written, disease, treated_by, only_disease: false }
}

const fn by_place(written: &'static str, disease: &'static str) -> Meaning {
    Meaning { written, disease, treated_by: &[], only_disease: true }
}

/// From general professional knowledge, like the abbreviations themselves; a physician should go
/// through it.
const MEANINGS: &[Meaning] = &[
    by_drugs("HT", "高血圧症", &["降圧薬"]),
    by_drugs("HT", "慢性甲状腺炎", &["甲状腺疾患用薬"]),
    by_drugs("AD", "アルツハイマー型認知症", &["認知症治療薬"]),
    by_drugs("AD", "アトピー性皮膚炎", &["外用ステロイド", "タクロリムス"]),
    by_drugs("AP", "狭心症", &["狭心症治療薬"]),
    by_drugs("AP", "急性膵炎", &["カモスタット"]),
    by_drugs("RA", "関節リウマチ", &["抗リウマチ薬"]),
    by_drugs("PD", "パーキンソン病", &["パーキンソン病治療薬"]),
    by_drugs("PD", "パニック障害", &["抗うつ薬"]),
    by_drugs("AR", "アレルギー性鼻炎", &["点鼻薬", "抗アレルギー薬"]),
    by_drugs("AR", "大動脈弁閉鎖不全症", &[]),
    by_drugs("MG", "重症筋無力症", &["ピリドスチグミン", "アンベノニウム"]),
    by_drugs("MG", "胃潰瘍", &["PPI", "H2ブロッカー"]),
    by_drugs("MS", "僧帽弁狭窄症", &[]),
    by_drugs("MS", "多発性硬化症", &["フィンゴリモド", "フマル酸ジメチル", "シポニモド"]),
    by_drugs("AS", "大動脈弁狭窄症", &[]),
    by_drugs("AS", "強直性脊椎炎", &[]),
    by_drugs("CVA", "脳血管障害", &["抗血小板薬"]),
    by_drugs("CVA", "咳喘息", &["吸入薬", "気管支拡張薬"]),
    by_drugs("CD", "クローン病", &["炎症性腸疾患治療薬"]),
    by_drugs("MD", "メニエール病", &["めまい薬"]),
    by_drugs("LC", "肝硬変症", &["イソロイシン", "ラクツロース"]),
    by_drugs("LC", "肺癌", &[]),
    by_drugs("PV", "尋常性乾癬", &["カルシポトリオール", "マキサカルシトール", "タカルシトール"]),
    by_drugs("ET", "本態性血小板血症", &["アナグレリド", "ヒドロキシカルバミド"]),
    by_drugs("ET", "本態性振戦", &["アロチノロール"]),
    by_drugs("DN", "糖尿病性腎症", &[]),
    by_drugs("DN", "糖尿病性ニューロパチー", &["エパルレスタット"]),
    by_drugs("AF", "心房細動", &[]),
    by_drugs("AF", "心房粗動", &[]),
    by_place("GU", "胃潰瘍"),
    by_place("CI", "脳梗塞"),
    by_place("ASO", "閉塞性動脈硬化症"),
    by_place("LDH", "腰椎椎間板ヘルニア"),
    by_place("OP", "骨粗鬆症"),
    by_place("NS", "ネフローゼ症候群"),
    by_place("SjS", "シェーグレン症候群"),
    by_place("SD", "突発性難聴"),
    by_place("NTG", "正常眼圧緑内障"),
    by_place("HPT", "副甲状腺機能亢進症"),
    by_place("RCT", "肩腱板断裂"),
    by_place("ICS", "肋間神経痛"),
    by_place("SK", "脂漏性角化症"),
    by_place("IM", "伝染性単核症"),
    by_place("DI", "尿崩症"),
];

/// The drugs of the page, as far as they tell of diseases.
#[derive(Debug, Default)]
pub struct Treatment(Vec<(String, String)>);

impl Treatment {
    /// The drugs that stand; what was struck out tells nothing.
    pub fn of(orders: &[Order<'_>]) -> Self {
        let sure = orders.iter().filter(|order| !order.struck && order.head.how != How::Likeness);
        let drugs = sure.filter_map(|order| order.head.drug);
        Self(
            drugs
                .map(|drug| (drug.stem.clone(), format!("{} {}", drug.class, drug.generic)))
                .collect(),
        )
    }

    /// The drug that treats the disease.
    fn drug_for(&self, meaning: &Meaning) -> Option<&str> {
        let treats = |class: &str| meaning.treated_by.iter().any(|word| class.contains(word));
        self.0.iter().find(|(_, class)| treats(class)).map(|(drug, _)| drug.as_str())
    }
}

/// Settles an abbreviation if something does. `place`: only a disease can stand there.
pub fn settle<'l>(
    lexicon: &'l Lexicon,
    written: &mut WrittenDiagnosis<'l>,
    treatment: &Treatment,
    place: bool,
) {
    let open = written.how == How::Abbreviation && written.disease.is_none();
    if !open || written.codes.contains_key(&CodeSystem::DiseaseId) {
        return;
    }
    let meanings: Vec<&Meaning> =
        MEANINGS.iter().filter(|meaning| meaning.written == written.name).collect();
    let diseases: Vec<(&Meaning, &Disease)> = meanings
        .iter()
        .filter_map(|meaning| Some((*meaning, named(lexicon, meaning.disease)?)))
        .collect();
    offer(written, &diseases);
    let hinted: Vec<&Disease> = diseases
        .iter()
        .filter(|(meaning, _)| {
            written.hint.as_ref().is_some_and(|hint| meaning.disease.contains(hint.as_str()))
        })
        .map(|(_, disease)| *disease)
        .collect();
    if let [disease] = hinted[..] {
        let why = format!("（{}）", written.hint.clone().unwrap_or_default());
        choose(written, disease, &why);
        return;
    }
    let treated: Vec<(&Disease, &str)> = diseases
        .iter()
        .filter_map(|(meaning, disease)| Some((*disease, treatment.drug_for(meaning)?)))
        .collect();
    if let [(disease, drug)] = treated[..] {
        choose(written, disease, &format!("{drug}の処方から"));
    } else if let [(meaning, disease)] = diseases[..]
        && meaning.only_disease
        && place
    {
        choose(written, disease, "病名欄の記載から");
    } else if diseases.len() > 1
        && diseases.len() == meanings.len()
        && diseases.iter().all(|(_, disease)| disease.icd10 == diseases[0].1.icd10)
        && let Some(code) = &diseases[0].1.icd10
    {
        // The code is the same whichever was meant; the name stays open.
        written.codes.insert(CodeSystem::Icd10, code.clone());
    }
}

fn named<'l>(lexicon: &'l Lexicon, name: &str) -> Option<&'l Disease> {
    let key = normalise::key(name);
    let found = lexicon.diseases().at(&key, &key);
    let whole = found.into_iter().find(|found| found.length == key.len())?;
    whole.diseases.first().map(|(disease, _)| *disease)
}

/// All readings as candidates, those of the lexicon's abbreviations first.
fn offer(written: &mut WrittenDiagnosis<'_>, diseases: &[(&Meaning, &Disease)]) {
    for (_, disease) in diseases {
        let codes = &disease.codes;
        if !written.candidates.iter().any(|candidate| candidate.codes == *codes) {
            written.candidates.push(Candidate {
                name: normalise::shown(&disease.name),
                codes: codes.clone(),
                score: 0.8,
                reason: How::Abbreviation.reason().to_owned(),
            });
        }
    }
}

fn choose<'l>(written: &mut WrittenDiagnosis<'l>, disease: &'l Disease, why: &str) {
    let abbreviation = written.name.clone();
    crate::notation::diagnosis::choose(written, disease);
    written.candidates.sort_by_key(|candidate| candidate.codes != disease.codes);
    let facts = format!("{abbreviation}：{}（{why}）", written.name);
    for doubt in &mut written.doubts {
        if doubt.kind == DoubtKind::AmbiguousAbbreviation {
            doubt.facts = format!("{facts}／{}", doubt.facts);
        }
    }
    if !written.doubts.iter().any(|doubt| doubt.kind == DoubtKind::AmbiguousAbbreviation) {
        written.doubts.push(Doubt::about(DoubtKind::AmbiguousAbbreviation, "name", facts));
    }
}
