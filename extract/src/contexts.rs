//! What settles an abbreviation with several meanings, and what does not.
//!
//! A word in brackets behind it (AD(皮膚)) settles it, or else one of these, the surest first: a drug
//! on the page treats one reading and none of the others (AD beside ドネペジル); the place, where only a
//! disease can stand and its other meanings are none (GU in the column 傷病名 is no department). Where
//! all its readings bear one code (AF is fibrillation or flutter, both I48.9) the code is certain and
//! the name stays open. Whatever settles it, the doubt stays and says what it was.
//!
//! Everything else stays open, without a code. What outpatient care usually means by it (AP there is
//! rarely acute pancreatitis) and the patient's age (AD at 82) settle nothing: the likelier reading is
//! offered first, and the doubt says why.

use std::cell::OnceCell;

use chart::{Candidate, CodeSystem, Doubt, DoubtKind, Patient};

use crate::{
    layout::Item,
    lexicon::{Disease, How, Lexicon},
    normalise,
    notation::{date, diagnosis::WrittenDiagnosis},
    orders::Order,
};

/// One disease that an abbreviation can mean.
struct Meaning {
    written: &'static str,
    disease: &'static str,
    /// Words in the classes or ingredients of drugs that treat this and no other reading.
    treated_by: &'static [&'static str],
    place: Place,
    /// Years of age of those who have it, as a rule.
    age: Option<(u16, u16)>,
}

/// What a place where only a disease can stand says of a meaning.
enum Place {
    /// Nothing.
    Open,
    /// No other meaning is a disease.
    OnlyDisease,
    /// No other meaning is listed in outpatient care, unless one of these words is on the page.
    Usual(&'static [&'static str]),
}

const fn by_drugs(
    written: &'static str,
    disease: &'static str,
    treated_by: &'static [&'static str],
) -> Meaning {
    Meaning { written, disease, treated_by, place: Place::Open, age: None }
}

const fn by_place(written: &'static str, disease: &'static str) -> Meaning {
    Meaning { written, disease, treated_by: &[], place: Place::OnlyDisease, age: None }
}

/// The usual meaning, with the words that speak of another.
const fn usual(mut meaning: Meaning, unless: &'static [&'static str]) -> Meaning {
    meaning.place = Place::Usual(unless);
    meaning
}

const fn aged(mut meaning: Meaning, from: u16, to: u16) -> Meaning {
    meaning.age = Some((from, to));
    meaning
}

/// From general professional knowledge, like the abbreviations themselves; a physician should go
/// through it.
const MEANINGS: &[Meaning] = &[
    usual(by_drugs("HT", "高血圧症", &["降圧薬"]), &["甲状腺", "TSH", "FT4", "FT3", "橋本"]),
    by_drugs("HT", "慢性甲状腺炎", &["甲状腺疾患用薬"]),
    aged(by_drugs("AD", "アルツハイマー型認知症", &["認知症治療薬"]), 65, 120),
    aged(by_drugs("AD", "アトピー性皮膚炎", &["外用ステロイド", "タクロリムス"]), 0, 45),
    usual(by_drugs("AP", "狭心症", &["狭心症治療薬"]), &["膵", "Amy", "アミラーゼ", "虫垂"]),
    by_drugs("AP", "急性膵炎", &["カモスタット"]),
    usual(by_drugs("RA", "関節リウマチ", &["抗リウマチ薬"]), &["不応性貧血", "MDS", "芽球"]),
    aged(by_drugs("PD", "パーキンソン病", &["パーキンソン病治療薬"]), 60, 120),
    aged(by_drugs("PD", "パニック障害", &["抗うつ薬"]), 0, 45),
    by_drugs("AR", "アレルギー性鼻炎", &["点鼻薬", "抗アレルギー薬"]),
    by_drugs("AR", "大動脈弁閉鎖不全症", &[]),
    by_drugs("MG", "重症筋無力症", &["ピリドスチグミン", "アンベノニウム"]),
    by_drugs("MG", "胃潰瘍", &["PPI", "H2ブロッカー"]),
    usual(by_drugs("MR", "僧帽弁閉鎖不全症", &[]), &["発達", "知的", "療育", "てんかん"]),
    by_drugs("MS", "僧帽弁狭窄症", &[]),
    by_drugs("MS", "多発性硬化症", &["フィンゴリモド", "フマル酸ジメチル", "シポニモド"]),
    by_drugs("AS", "大動脈弁狭窄症", &[]),
    by_drugs("AS", "強直性脊椎炎", &[]),
    by_drugs("CVA", "脳血管障害", &["抗血小板薬"]),
    by_drugs("CVA", "咳喘息", &["吸入薬", "気管支拡張薬"]),
    usual(
        by_drugs("CD", "クローン病", &["炎症性腸疾患治療薬"]),
        &["トキシン", "CDI", "ディフィシル", "抗菌薬"],
    ),
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
    by_place("AB", "急性気管支炎"),
    by_place("AC", "急性胆のう炎"),
    by_place("CK", "結腸癌"),
    by_place("ED", "勃起不全"),
    by_place("HC", "高コレステロール血症"),
    by_place("PH", "肺高血圧症"),
    by_place("SCD", "脊髄小脳変性症"),
    by_place("TP", "足白癬"),
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

/// What a page tells of its abbreviations.
#[derive(Debug)]
pub struct Context<'p> {
    /// The names and the classes of the drugs that stand.
    drugs: Vec<(String, String)>,
    items: &'p [Item],
    birth: Option<&'p str>,
    /// All that is written, folded; joined when first asked.
    words: OnceCell<Vec<char>>,
    age: OnceCell<Option<u16>>,
}

impl<'p> Context<'p> {
    /// Of a page: its orders, everything that is written on it, whose it is. What was struck out of
    /// the orders tells nothing.
    pub fn of(orders: &[Order<'_>], items: &'p [Item], patient: &'p Patient) -> Self {
        let stands =
            |order: &&Order<'_>| !order.strike.cancels() && order.head.how != How::Likeness;
        let drugs = orders.iter().filter(stands).filter_map(|order| order.head.drug);
        Self {
            drugs: drugs
                .map(|drug| (drug.stem.clone(), format!("{} {}", drug.class, drug.generic)))
                .collect(),
            items,
            birth: patient.birth_date.as_deref(),
            words: OnceCell::new(),
            age: OnceCell::new(),
        }
    }

    /// The drug that treats the disease.
    fn drug_for(&self, meaning: &Meaning) -> Option<&str> {
        let treats = |class: &str| meaning.treated_by.iter().any(|word| class.contains(word));
        self.drugs.iter().find(|(_, class)| treats(class)).map(|(drug, _)| drug.as_str())
    }

    fn says(&self, word: &str) -> bool {
        let words = self.words.get_or_init(|| {
            let folded = self.items.iter().map(|item| item.text.folded());
            folded.flat_map(|line| line.iter().copied().chain(['\n'])).collect()
        });
        let word: Vec<char> = word.chars().map(normalise::fold).collect();
        words.windows(word.len().max(1)).any(|part| part == word.as_slice())
    }

    /// How old the patient was in the year of the latest date of the page.
    fn age(&self) -> Option<u16> {
        *self.age.get_or_init(|| {
            let birth: u16 = self.birth?.get(..4)?.parse().ok()?;
            let year = |item: &Item| {
                let date = date::find_date(&item.text, 0..item.text.len())?.date?;
                date.to_string().get(..4)?.parse::<u16>().ok()
            };
            let latest = self.items.iter().filter_map(year).max()?;
            // A page without any other date than that of birth says nothing.
            latest.checked_sub(birth).filter(|age| (1..=120).contains(age))
        })
    }
}

/// Settles an abbreviation if something does. `place`: only a disease can stand there.
pub fn settle<'l>(
    lexicon: &'l Lexicon,
    written: &mut WrittenDiagnosis<'l>,
    context: &Context<'_>,
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
        .filter_map(|(meaning, disease)| Some((*disease, context.drug_for(meaning)?)))
        .collect();
    if let [(disease, drug)] = treated[..] {
        choose(written, disease, &format!("{drug}の処方から"));
    } else if let [(meaning, disease)] = diseases[..]
        && matches!(meaning.place, Place::OnlyDisease)
        && place
    {
        choose(written, disease, "病名欄の記載から");
    } else if place
        && treated.is_empty()
        && let Some((disease, why)) = usual_meaning(&diseases, context)
    {
        prefer(written, disease, why);
    } else if place
        && treated.is_empty()
        && let Some((disease, age)) = of_age(&diseases, context)
    {
        prefer(written, disease, &format!("{age}歳の記載から"));
    } else if diseases.len() > 1
        && diseases.len() == meanings.len()
        && diseases.iter().all(|(_, disease)| disease.icd10 == diseases[0].1.icd10)
        && let Some(code) = &diseases[0].1.icd10
    {
        // The code is the same whichever was meant; the name stays open.
        written.codes.insert(CodeSystem::Icd10, code.clone());
    }
}

/// The one meaning that outpatient care lists, if nothing on the page speaks of another.
fn usual_meaning<'l>(
    diseases: &[(&Meaning, &'l Disease)],
    context: &Context<'_>,
) -> Option<(&'l Disease, &'static str)> {
    let mut usual = diseases.iter().filter_map(|(meaning, disease)| match meaning.place {
        Place::Usual(unless) => Some((*disease, unless)),
        _ => None,
    });
    let (disease, unless) = usual.next()?;
    let spoken_of = unless.iter().any(|word| context.says(word));
    (!spoken_of).then_some((disease, "外来で通常の意味"))
}

/// The one meaning that people of the patient's age have.
fn of_age<'l>(
    diseases: &[(&Meaning, &'l Disease)],
    context: &Context<'_>,
) -> Option<(&'l Disease, u16)> {
    // Each reading must have its age, or the others are not excluded.
    let ages: Option<Vec<(u16, u16)>> = diseases.iter().map(|(meaning, _)| meaning.age).collect();
    let (ages, age) = (ages?, context.age()?);
    let mut fits = diseases
        .iter()
        .zip(ages)
        .filter(|(_, (from, to))| (*from..=*to).contains(&age))
        .map(|((_, disease), _)| *disease);
    match (fits.next(), fits.next()) {
        (Some(only), None) => Some((only, age)),
        _ => None,
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
    first(written, disease, &format!("{abbreviation}：{}（{why}）", written.name));
}

/// Offers the likelier reading first; a person decides.
fn prefer(written: &mut WrittenDiagnosis<'_>, disease: &Disease, why: &str) {
    let facts = format!("{}：{}か（{why}）", written.name, normalise::shown(&disease.name));
    first(written, disease, &facts);
}

/// Puts a reading before the other candidates, and why into the doubt.
fn first(written: &mut WrittenDiagnosis<'_>, disease: &Disease, facts: &str) {
    written.candidates.sort_by_key(|candidate| candidate.codes != disease.codes);
    for doubt in &mut written.doubts {
        if doubt.kind == DoubtKind::AmbiguousAbbreviation {
            doubt.facts = format!("{facts}／{}", doubt.facts);
        }
    }
    if !written.doubts.iter().any(|doubt| doubt.kind == DoubtKind::AmbiguousAbbreviation) {
        written.doubts.push(Doubt::about(DoubtKind::AmbiguousAbbreviation, "name", facts));
    }
}
