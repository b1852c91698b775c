//! Misread characters put right where the words around them leave no other choice.
//!
//! In: a line with what the reader offers beside each character. Out: the same line, characters
//! exchanged one for one, so that every place stays where it was.
//!
//! ```text
//! phrase = 毎食後 | 日分 | の疑い | … ;        (* the words of usage, PHRASES *)
//! frame  = "1日" DIGIT "回" | "分" DIGIT | … ;  (* words with figures in them, FRAMES *)
//! figure = { DIGIT | "." } unit ;               (* l0mg, 2O錠 *)
//! ```
//!
//! A phrase counts as written if at least half of it stands as it should and the rest is what the
//! reader offers or what is drawn alike. Where two phrases fit equally well (毎食後, 毎食前),
//! nothing is touched. The words as written stay with the page; a digit that was put right is
//! remembered, and makes a doubt of the finding.

mod figures;
mod frames;
mod numerals;
mod phrases;
mod visible;
mod words;

use chart::Line;

use self::visible::Visible;
use crate::normalise::{Others, Text};

/// The text of a line of the page, put right.
pub fn text_of_line(number: usize, line: &Line) -> Text {
    let mut text = Text::of_line(number, &line.text);
    if !line.symbols.is_empty() {
        let others = others_of(line);
        text.offer(|at| others.get(at).copied().flatten());
    }
    if line.vertical {
        Visible::of(&mut text).numerals();
    }
    put_right(&mut text);
    text
}

/// What the reader offers for each character of the line, as far as symbols spell the line.
fn others_of(line: &Line) -> Vec<Option<Others>> {
    let mut others = vec![None; line.text.chars().count()];
    let mut symbols = line.symbols.iter().filter(|symbol| symbol.text.chars().count() == 1);
    let mut next = symbols.next();
    for (at, char) in line.text.chars().enumerate() {
        let Some(symbol) = next else { break };
        if !symbol.text.starts_with(char) {
            continue;
        }
        let mut offered: Others = ['\0'; 4];
        let singles = symbol.alternatives.iter().filter_map(|other| {
            let mut chars = other.chars();
            chars.next().filter(|_| chars.next().is_none())
        });
        for (slot, other) in offered.iter_mut().zip(singles) {
            *slot = other;
        }
        others[at] = Some(offered);
        next = symbols.next();
    }
    others
}

/// Puts right what can only be misread.
fn put_right(text: &mut Text) {
    let mut line = Visible::of(text);
    line.settle();
    line.phrases();
    line.frames();
    line.tablets();
    line.once();
    line.figures();
    line.grams();
    line.times();
    line.brackets();
    line.units();
    let gaps = line.gaps();
    for gap in gaps.into_iter().rev() {
        text.close_up_at(gap);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn right(raw: &str) -> String {
        let mut text = Text::of_line(0, raw);
        put_right(&mut text);
        text.chars().iter().collect()
    }

    #[test]
    fn words_of_usage_are_put_right() {
        assert_eq!(right("3錠 分3 每食後 14曰分"), "3錠 分3 毎食後 14日分");
        assert_eq!(right("1錠 分1 朝食俊 28目分"), "1錠 分1 朝食後 28日分");
        assert_eq!(right("]日3回 毎食後"), "1日3回 毎食後");
        assert_eq!(right("1 日 l 回 就寢前"), "1 日 1 回 就寝前");
        assert_eq!(right("分ヨ毎食後"), "分3毎食後");
        assert_eq!(right("ワーファリン綻1mg 2綻"), "ワーファリン錠1mg 2錠");
        assert_eq!(right("3丁 分3"), "3T 分3");
        assert_eq!(right("lOmg 2O錠"), "10mg 20錠");
        assert_eq!(right("毎食後 1 4 日分"), "毎食後 14 日分");
        assert_eq!(right("ムコスタ錠(lOO) l錠"), "ムコスタ錠(100) 1錠");
        assert_eq!(right("喘息の凝い"), "喘息の疑い");
        assert_eq!(right("HLの婦い"), "HLの疑い");
        assert_eq!(right("3錠 ハ3 毎食後 7日ハ"), "3錠 分3 毎食後 7日分");
        assert_eq!(right("ビベグロン50mgIT 分1"), "ビベグロン50mg1T 分1");
        assert_eq!(right("アリセプト錠5mg-T分1"), "アリセプト錠5mg1T分1");
        assert_eq!(right("2カブセル 分2"), "2カプセル 分2");
        assert_eq!(right("ペモリン25mgl回1T"), "ペモリン25mg1回1T");
        assert_eq!(right("1T I×Mn.d.E."), "1T 1×Mn.d.E.");
        assert_eq!(right("1回2T 朝食後 中正"), "1回2T 朝食後 中止");
    }

    #[test]
    fn what_says_something_of_its_own_is_left_alone() {
        for text in [
            "食欲不振",
            "OD錠5mg",
            "CR錠20mg",
            "朝食前",
            "1丁目3番",
            "目分量",
            "食事指導",
            "前回と同じ",
            "術後3日目",
            "11日3回",
            "B型肝炎",
            "SGLT2",
            "痛みの強い日",
            "痛みの強い",
            "分2 朝・夕食後",
            "3T 分3 毎食直前",
            "肺炎疑い",
            "1 鉄欠乏性貧血",
            "ガスターD20mg",
            "タケプロンOD15mg",
            "分1 4日分",
            "マーズレン(S)",
            "朝夕食直後",
            "1日1回 昼食後",
            "夕1 7日分",
            "ロケルマ10g3包",
            "虫垂炎(S50)",
            "B(OD)",
        ] {
            assert_eq!(right(text), text);
        }
    }

    #[test]
    fn figures_of_columns_are_put_right() {
        let right = |raw: &str| {
            let line = Line { text: raw.into(), vertical: true, ..Line::default() };
            let text = text_of_line(0, &line);
            text.string(0..text.len())
        };
        assert_eq!(
            right("ユベラ (ニOO) ニカプセル ニハ日分"),
            "ユベラ (二〇〇) 二カプセル 二八日分"
        );
        assert_eq!(right("ドルナー -錠 セ日分"), "ドルナー 一錠 七日分");
        assert_eq!(right("ニカルジピン 肺炎"), "ニカルジピン 肺炎");
        // Rows have figures of their own.
        let row = Line { text: "ハ日分".into(), ..Line::default() };
        assert_eq!(text_of_line(0, &row).string(0..3), "ハ日分");
    }

    #[test]
    fn what_the_reader_offers_outweighs_what_it_read() {
        let symbol = |text: &str, others: &[&str]| chart::Symbol {
            text: text.into(),
            alternatives: others.iter().map(|&other| other.into()).collect(),
            ..chart::Symbol::default()
        };
        let line = Line {
            text: "分7 朝食後".into(),
            symbols: vec![
                symbol("分", &[]),
                symbol("7", &["1"]),
                symbol("朝", &[]),
                symbol("食", &[]),
                symbol("後", &[]),
            ],
            ..Line::default()
        };
        let text = text_of_line(0, &line);
        assert_eq!(text.string(0..text.len()), "分1 朝食後");
        assert!(text.is_repaired(1..2));
    }
}
