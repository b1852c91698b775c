//! What the words around a disease assert: it is there, suspected, denied, past, or somebody
//! else's.
//!
//! The cue nearest to the name on the same line wins, and a sign in brackets belongs to the word
//! before it. A heading (既往歴, 家族歴) holds where no cue says otherwise: `既往歴：DM(-)` is
//! denied. `r/o` means that something is to be ruled out: suspected on Japanese charts.

use std::sync::LazyLock;

use chart::DiagnosisStatus;

use crate::notation::cursor::Cursor;

/// Cues after the name, longest first. A bracket stands for any kind of bracket.
const AFTER: &[(&str, DiagnosisStatus)] = &[
    ("除外できず", DiagnosisStatus::Suspected),
    ("除外できない", DiagnosisStatus::Suspected),
    ("否定しきれ", DiagnosisStatus::Suspected),
    ("否定し得ない", DiagnosisStatus::Suspected),
    ("否定しえない", DiagnosisStatus::Suspected),
    ("否定できない", DiagnosisStatus::Suspected),
    ("の疑いは否定", DiagnosisStatus::Negated),
    ("の可能性は否定的", DiagnosisStatus::Negated),
    ("否定できず", DiagnosisStatus::Suspected),
    ("の可能性あり", DiagnosisStatus::Suspected),
    ("の可能性", DiagnosisStatus::Suspected),
    ("を考慮", DiagnosisStatus::Suspected),
    ("の疑い", DiagnosisStatus::Suspected),
    ("の疑", DiagnosisStatus::Suspected),
    ("疑い", DiagnosisStatus::Suspected),
    ("を疑う", DiagnosisStatus::Suspected),
    ("を疑わせる", DiagnosisStatus::Suspected),
    ("疑われる", DiagnosisStatus::Suspected),
    ("疑われます", DiagnosisStatus::Suspected),
    ("疑われた", DiagnosisStatus::Suspected),
    ("疑います", DiagnosisStatus::Suspected),
    ("疑う", DiagnosisStatus::Suspected),
    ("うたがい", DiagnosisStatus::Suspected),
    ("疑診", DiagnosisStatus::Suspected),
    ("疑似症", DiagnosisStatus::Suspected),
    ("疑似", DiagnosisStatus::Suspected),
    ("(疑い)", DiagnosisStatus::Suspected),
    ("(疑)", DiagnosisStatus::Suspected),
    ("疑", DiagnosisStatus::Suspected),
    ("(s/o)", DiagnosisStatus::Suspected),
    ("s/o", DiagnosisStatus::Suspected),
    // As recognition reads them.
    ("s/0", DiagnosisStatus::Suspected),
    ("s/。", DiagnosisStatus::Suspected),
    ("5/o", DiagnosisStatus::Suspected),
    ("の凝い", DiagnosisStatus::Suspected),
    ("の擬い", DiagnosisStatus::Suspected),
    ("凝い", DiagnosisStatus::Suspected),
    ("擬い", DiagnosisStatus::Suspected),
    ("(凝)", DiagnosisStatus::Suspected),
    ("(擬)", DiagnosisStatus::Suspected),
    ("(r/o)", DiagnosisStatus::Suspected),
    ("r/o", DiagnosisStatus::Suspected),
    ("susp.", DiagnosisStatus::Suspected),
    ("susp", DiagnosisStatus::Suspected),
    ("suspect", DiagnosisStatus::Suspected),
    ("(?)", DiagnosisStatus::Suspected),
    ("??", DiagnosisStatus::Suspected),
    ("?", DiagnosisStatus::Suspected),
    ("否定的", DiagnosisStatus::Negated),
    // As recognition reads it.
    ("百定的", DiagnosisStatus::Negated),
    ("杏定的", DiagnosisStatus::Negated),
    ("否定", DiagnosisStatus::Negated),
    ("除外", DiagnosisStatus::Negated),
    ("認めず", DiagnosisStatus::Negated),
    ("認めません", DiagnosisStatus::Negated),
    ("認めない", DiagnosisStatus::Negated),
    ("認められず", DiagnosisStatus::Negated),
    ("認められません", DiagnosisStatus::Negated),
    ("みられず", DiagnosisStatus::Negated),
    ("みられません", DiagnosisStatus::Negated),
    ("ありません", DiagnosisStatus::Negated),
    ("の所見なし", DiagnosisStatus::Negated),
    ("なし", DiagnosisStatus::Negated),
    ("無し", DiagnosisStatus::Negated),
    ("の既往なし", DiagnosisStatus::Negated),
    ("既往なし", DiagnosisStatus::Negated),
    ("ではない", DiagnosisStatus::Negated),
    ("(陰性)", DiagnosisStatus::Negated),
    ("(-)", DiagnosisStatus::Negated),
    ("(ー)", DiagnosisStatus::Negated),
    ("(一)", DiagnosisStatus::Negated),
    ("-(-)", DiagnosisStatus::Negated),
    ("negative", DiagnosisStatus::Negated),
    ("ruled out", DiagnosisStatus::Negated),
    ("の既往あり", DiagnosisStatus::History),
    ("の既往", DiagnosisStatus::History),
    ("既往", DiagnosisStatus::History),
    ("(既往)", DiagnosisStatus::History),
    ("(old)", DiagnosisStatus::History),
    ("s/p", DiagnosisStatus::History),
    ("切除後", DiagnosisStatus::History),
    ("摘出後", DiagnosisStatus::History),
    ("全摘後", DiagnosisStatus::History),
    ("全摘", DiagnosisStatus::History),
    ("除菌後", DiagnosisStatus::History),
    ("除菌済", DiagnosisStatus::History),
    ("にて手術", DiagnosisStatus::History),
    ("で手術", DiagnosisStatus::History),
    ("(+)", DiagnosisStatus::Confirmed),
    ("あり", DiagnosisStatus::Confirmed),
    ("確診", DiagnosisStatus::Confirmed),
    ("確定", DiagnosisStatus::Confirmed),
];

/// Particles that may lead to a cue: 肺炎は否定的.
const PARTICLES: &[&str] = &["は", "を", "も", "が"];

/// Cues before the name.
const BEFORE: &[(&str, DiagnosisStatus)] = &[
    ("s/o", DiagnosisStatus::Suspected),
    ("r/o", DiagnosisStatus::Suspected),
    ("susp.", DiagnosisStatus::Suspected),
    ("suspect", DiagnosisStatus::Suspected),
    ("疑:", DiagnosisStatus::Suspected),
    ("?", DiagnosisStatus::Suspected),
    ("(疑)", DiagnosisStatus::Suspected),
    ("疑い:", DiagnosisStatus::Suspected),
    ("s/p", DiagnosisStatus::History),
    ("h/o", DiagnosisStatus::History),
    ("no ", DiagnosisStatus::Negated),
    ("old ", DiagnosisStatus::History),
];

/// The relatives of a family history.
pub const RELATIVES: &[&str] = &[
    "父方祖父",
    "父方祖母",
    "母方祖父",
    "母方祖母",
    "両親",
    "父親",
    "母親",
    "祖父母",
    "祖父",
    "祖母",
    "父",
    "母",
    "長兄",
    "次兄",
    "兄弟",
    "兄",
    "長姉",
    "次姉",
    "姉妹",
    "姉",
    "弟",
    "妹",
    "長男",
    "次男",
    "長女",
    "次女",
    "息子",
    "娘",
    "子",
    "叔父",
    "叔母",
    "伯父",
    "伯母",
    "おじ",
    "おば",
    "いとこ",
    "従兄弟",
    "vater",
    "mutter",
    "bruder",
    "schwester",
    "father",
    "mother",
    "brother",
    "sister",
];

/// What the cues after a name begin with.
static BEGINNINGS: LazyLock<Vec<char>> = LazyLock::new(|| {
    let cues = AFTER.iter().map(|(cue, _)| *cue).chain(PARTICLES.iter().copied());
    let firsts = cues.filter_map(|cue| cue.chars().next());
    let mut firsts: Vec<char> = firsts.map(crate::normalise::fold).collect();
    firsts.sort_unstable();
    firsts.dedup();
    firsts
});

/// The cue after a name, with what stands between taken for nothing.
pub fn after(cursor: &mut Cursor<'_>) -> Option<DiagnosisStatus> {
    cursor.attempt(|cursor| {
        cursor.spaces();
        // Asked at every character of every word; hardly one begins a cue.
        BEGINNINGS.binary_search(&cursor.peek()?).ok()?;
        let cue = |cursor: &mut Cursor<'_>| cursor.eat_spelling(AFTER);
        let status = cue(cursor).or_else(|| {
            cursor.eat_any(PARTICLES)?;
            cue(cursor)
        })?;
        // 既往: is the heading of what follows.
        (status != DiagnosisStatus::History || cursor.peek() != Some(':')).then_some(status)
    })
}

/// 20歳時, 10年前, 小児期: when a disease was, which leaves open whether it still is.
pub fn time_past(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.attempt(|cursor| {
        cursor.spaces();
        let bracket = cursor.eat("(");
        if cursor.eat_any(CHILDHOOD).is_none() {
            cursor.whole()?;
            cursor.eat_any(PAST)?;
        }
        if bracket {
            cursor.eat(")").then_some(())?;
        }
        let ends = |char: char| char.is_whitespace() || "、。,.()にで".contains(char);
        cursor.peek().is_none_or(ends).then_some(())
    })
}

const CHILDHOOD: &[&str] = &["小児期", "幼少期", "幼児期", "学童期", "幼少時", "小児時", "若い頃"];

const PAST: &[&str] =
    &["歳時", "才時", "歳頃", "才頃", "歳の時", "才の時", "代の頃", "代頃", "年前"];

/// The cue before a name.
pub fn before(cursor: &mut Cursor<'_>) -> Option<DiagnosisStatus> {
    cursor.attempt(|cursor| {
        let status = BEFORE.iter().find(|(cue, _)| cursor.eat(cue)).map(|(_, status)| *status)?;
        cursor.spaces();
        Some(status)
    })
}

/// A relative, with the particle and the colon after it: 父：, 母 が.
pub fn relative(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    cursor.attempt(|cursor| {
        let relative = cursor.eat_any(RELATIVES)?;
        // 父母会, 母指, 子宮: another word runs on.
        let runs_on = cursor
            .peek()
            .is_some_and(|char| crate::normalise::is_kanji(char) && "指宮乳斑趾癇".contains(char));
        if runs_on {
            return None;
        }
        cursor.spaces();
        let _ = cursor.eat(":")
            || cursor.eat("が")
            || cursor.eat("に")
            || cursor.eat("は")
            || cursor.eat("の");
        cursor.spaces();
        Some(relative)
    })
}
