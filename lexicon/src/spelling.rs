//! How charts spell the names of the disease master.

use crate::{How, normalise};

/// Spellings of the master that charts write otherwise, both ways.
const OTHER_SPELLINGS: &[(&str, &str)] = &[
    ("のう", "嚢"),
    ("じんま疹", "蕁麻疹"),
    ("うっ血", "鬱血"),
    ("うつ病", "鬱病"),
    ("癌", "がん"),
    ("てんかん", "癲癇"),
    ("びらん", "糜爛"),
    ("けいれん", "痙攣"),
    ("れん縮", "攣縮"),
    ("そう痒", "掻痒"),
    ("ざ瘡", "痤瘡"),
    ("じん帯", "靱帯"),
    ("蜂巣炎", "蜂窩織炎"),
    ("膿瘍", "のう瘍"),
    ("しみ", "シミ"),
    ("粥状", "アテローム"),
    ("メニエール", "メニエル"),
    ("リウマチ", "リューマチ"),
    ("ウイルス", "ウィルス"),
    ("甲状腺機能亢進症", "甲状腺機能こう進症"),
    ("胃・十二指腸", "胃十二指腸"),
    ("尿路結石症", "尿路結石"),
];

/// A name with the spellings that charts use for it.
pub(crate) fn add_spellings(
    keys: &mut Vec<(Vec<char>, (u32, How))>,
    name: &str,
    id: u32,
    how: How,
) {
    keys.push((normalise::key(name), (id, how)));
    let mut others = vec![name.to_owned()];
    for (one, other) in OTHER_SPELLINGS {
        for (from, to) in [(one, other), (other, one)] {
            if name.contains(from) {
                others.push(name.replace(from, to));
            }
        }
    }
    for (number, spelling) in others.iter().enumerate() {
        if number > 0 {
            keys.push((normalise::key(spelling), (id, How::Variant)));
        }
        // 高血圧, 便秘, 脱水: the 症 is often left off, and often added.
        if let Some(short) = spelling.strip_suffix('症') {
            if short.chars().count() >= 2 {
                keys.push((normalise::key(short), (id, How::Variant)));
            }
        } else if spelling.chars().count() >= 4
            && spelling.ends_with(['痛', '石', '全', '害', '少', '炎'])
        {
            keys.push((normalise::key(&format!("{spelling}症")), (id, How::Variant)));
        }
    }
    if name.contains('・') {
        keys.push((normalise::key(&name.replace('・', "")), (id, How::Variant)));
    }
}
