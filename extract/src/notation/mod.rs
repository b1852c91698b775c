//! What the lines say: one grammar a subject.

pub mod alike; // what is taken for what
pub mod allergy; // アレルギー：ペニシリン
pub mod cursor; // a place in a text
pub mod date; // 令和5年3月10日, H31.4
pub mod diagnosis; // 右変形性膝関節症の疑い
pub mod drug_name; // アムロジピンOD錠5mg「サワイ」
pub mod era_choice; // 明・大・昭・平・令 with a ring around one
pub mod figures; // figures that do not fit what stands beside them
pub mod laboratory; // HbA1c 6.8 H
pub mod mixture; // A:B=1:1
pub mod numeral; // 二八日分, 二・五
pub mod patient; // 氏名, 生年月日, 保険者番号
pub mod prescription; // 3T 分3 毎食後 14日分
pub mod usage; // the marks of a prescription
pub mod vital; // BP 136/80
