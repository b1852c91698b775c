//! 毎食後, 朝夕, n.d.E., 眠前, 2×MA: when doses are taken.

use super::{
    Mark,
    meal::{Meal, Meals, Relation},
};
use crate::{normalise::is_kanji, notation::cursor::Cursor};

pub const RELATIONS: &[(&str, Relation)] = &[
    ("食事直前", Relation::JustBefore),
    ("食直前", Relation::JustBefore),
    ("直前", Relation::JustBefore),
    ("食事直後", Relation::JustAfter),
    ("食直後", Relation::JustAfter),
    ("直後", Relation::JustAfter),
    ("食後2時間", Relation::Between),
    ("食後二時間", Relation::Between),
    ("食間", Relation::Between),
    ("食事の間", Relation::Between),
    ("食後", Relation::After),
    ("食前", Relation::Before),
    ("食事前", Relation::Before),
    ("食事後", Relation::After),
    ("食后", Relation::After),
    ("sof.n.d.e", Relation::JustAfter),
    ("sof. n.d.e", Relation::JustAfter),
    ("sof.nde", Relation::JustAfter),
    ("n.d.e", Relation::After),
    ("nd.e", Relation::After),
    ("n.de", Relation::After),
    ("nde", Relation::After),
    ("v.d.e", Relation::Before),
    ("vd.e", Relation::Before),
    ("v.de", Relation::Before),
    ("vde", Relation::Before),
    ("z.d.e", Relation::Between),
    ("zd.e", Relation::Between),
    ("z.de", Relation::Between),
    ("2.d.e", Relation::Between),
    ("zde", Relation::Between),
    ("p.c.", Relation::After),
    ("a.c.", Relation::Before),
    ("i.c.", Relation::Between),
    ("pc", Relation::After),
    ("ac", Relation::Before),
    ("ic", Relation::Between),
    ("s.n.", Relation::JustAfter),
];

/// The same, where a meal stands before it: 朝後, 夕前.
const SHORT_RELATIONS: &[(&str, Relation)] =
    &[("後", Relation::After), ("前", Relation::Before), ("間", Relation::Between)];

pub const MEALS: &[(&str, Meals)] = &[
    ("毎食", Meals::ALL),
    ("各食", Meals::ALL),
    ("3食", Meals::ALL),
    ("三食", Meals::ALL),
    ("朝食", Meals::of(Meal::Breakfast)),
    ("昼食", Meals::of(Meal::Lunch)),
    ("夕食", Meals::of(Meal::Dinner)),
    ("晩食", Meals::of(Meal::Dinner)),
    ("朝", Meals::of(Meal::Breakfast)),
    ("昼", Meals::of(Meal::Lunch)),
    ("夕", Meals::of(Meal::Dinner)),
    ("晩", Meals::of(Meal::Dinner)),
    ("夜", Meals::of(Meal::Dinner)),
];

pub const FIXED_TIMES: &[(&str, Meal)] = &[
    ("就寝前", Meal::Bedtime),
    ("就寝時", Meal::Bedtime),
    ("就眠前", Meal::Bedtime),
    ("就眠時", Meal::Bedtime),
    ("睡眠前", Meal::Bedtime),
    ("寝る前", Meal::Bedtime),
    ("ねる前", Meal::Bedtime),
    ("入眠前", Meal::Bedtime),
    ("睡前", Meal::Bedtime),
    ("寝前", Meal::Bedtime),
    ("眠前", Meal::Bedtime),
    ("就前", Meal::Bedtime),
    ("就寝", Meal::Bedtime),
    ("v.d.s", Meal::Bedtime),
    ("v.d.5", Meal::Bedtime),
    ("v.dss", Meal::Bedtime),
    ("vd.s", Meal::Bedtime),
    ("vds", Meal::Bedtime),
    ("h.s.", Meal::Bedtime),
    ("hs", Meal::Bedtime),
    ("眠", Meal::Bedtime),
    ("起床直後", Meal::Wakeup),
    ("起床時", Meal::Wakeup),
    ("起床後", Meal::Wakeup),
    ("起きがけ", Meal::Wakeup),
    ("起き掛け", Meal::Wakeup),
    ("起床", Meal::Wakeup),
];

/// meals [ relation ] | relation | 眠前 | letters after a split.
pub fn time(cursor: &mut Cursor<'_>, previous: Option<&Mark>) -> Option<Mark> {
    let mut meals = Meals::NONE;
    let mut relation = None;
    if matches!(previous, Some(Mark::Split(2..)))
        && let Some(relation) = cursor.attempt(relation_letter)
    {
        return Some(Mark::Time { meals, relation: Some(relation) });
    }
    if matches!(previous, Some(Mark::Split(_) | Mark::Times(_)))
        && let Some(letters) = cursor.attempt(meal_letters)
    {
        meals = letters;
        let rest = cursor.attempt(|cursor| {
            cursor.spaces();
            cursor.eat_spelling(RELATIONS)
        });
        cursor.eat(".");
        return Some(Mark::Time { meals, relation: rest });
    }
    while let Some(meal) = cursor.attempt(|cursor| {
        if !meals.is_empty() {
            cursor.spaces();
            let _ = cursor.eat("・")
                || cursor.eat("、")
                || cursor.eat(",")
                || cursor.eat("と")
                || cursor.eat("/");
            cursor.spaces();
        }
        cursor.eat_spelling(MEALS).or_else(|| cursor.attempt(fixed_time).map(Meals::of))
    }) {
        meals = meals.and(meal);
        let spelled = cursor.attempt(|cursor| {
            // 朝食 + 後, 朝食直前, 毎食間.
            let after_food = cursor.before() == Some('食');
            cursor
                .eat_spelling(RELATIONS)
                .or_else(|| after_food.then(|| short_relation(cursor)).flatten())
        });
        relation = spelled.or(relation);
    }
    if relation.is_none() && meals.has_meal() {
        relation = cursor.attempt(|cursor| {
            cursor.spaces();
            cursor.eat_spelling(RELATIONS)
        });
        relation = relation.or_else(|| cursor.eat_spelling(SHORT_RELATIONS));
    } else if meals.is_empty() {
        relation = cursor.eat_spelling(RELATIONS);
        // 3× 後: behind a split the short words are enough.
        if relation.is_none() && matches!(previous, Some(Mark::Split(_) | Mark::Times(_))) {
            relation = cursor.attempt(|cursor| {
                let relation = cursor.eat_spelling(SHORT_RELATIONS)?;
                (!cursor.peek().is_some_and(is_kanji)).then_some(relation)
            });
        }
    }
    if meals.is_empty() && relation.is_none() {
        return None;
    }
    // A Latin mark may close with a point, and must not run into another word.
    if cursor.before().is_some_and(|char| char.is_ascii_alphabetic()) {
        cursor.eat(".");
        if cursor.peek().is_some_and(|char| char.is_ascii_alphabetic()) {
            return None;
        }
    }
    Some(Mark::Time { meals, relation })
}

/// 眠前, 起床時; 眠気 and 眠剤 are no times.
fn fixed_time(cursor: &mut Cursor<'_>) -> Option<Meal> {
    let meal = cursor.eat_spelling(FIXED_TIMES)?;
    let runs_on = cursor.before() == Some('眠')
        && cursor.peek().is_some_and(|char| "気いれりく剤薬".contains(char));
    (!runs_on).then_some(meal)
}

/// 3×N, 2×v, 3×Z: nach, vor, zwischen, without the rest of n.d.E.
fn relation_letter(cursor: &mut Cursor<'_>) -> Option<Relation> {
    cursor.spaces();
    let relation = match cursor.peek()? {
        'n' => Relation::After,
        'v' => Relation::Before,
        'z' => Relation::Between,
        _ => return None,
    };
    cursor.step();
    cursor.eat(".");
    (!cursor.peek().is_some_and(|char| char.is_ascii_alphabetic())).then_some(relation)
}

/// 後, 前 behind 食; a space between them is the reader's own.
fn short_relation(cursor: &mut Cursor<'_>) -> Option<Relation> {
    cursor.attempt(|cursor| {
        cursor.spaces();
        cursor.eat_spelling(SHORT_RELATIONS)
    })
}

/// M, MA, MTA, MTAV after a split: the German initials of the times of day.
fn meal_letters(cursor: &mut Cursor<'_>) -> Option<Meals> {
    cursor.spaces();
    let mut meals = Meals::NONE;
    for (letters, meal) in [
        (&["morgen", "mo", "m"][..], Meal::Breakfast),
        (&["mittag", "tag", "t"][..], Meal::Lunch),
        (&["abend", "ab", "a"][..], Meal::Dinner),
        (&["vds", "v.d.s", "v"][..], Meal::Bedtime),
    ] {
        cursor.attempt(|cursor| {
            // The v of v.d.E. is no evening.
            if meal == Meal::Bedtime && before_meals(cursor) {
                return None;
            }
            cursor.eat_any(letters)?;
            cursor.eat(".");
            meals = meals.and(Meals::of(meal));
            Some(())
        });
    }
    // n.d.E. may follow at once (MTAnde), and readers lose the space before days (MA14TD); any other
    // letter means that this was a word.
    let follows = cursor.peek();
    let word = follows.is_some_and(|char| char.is_ascii_alphabetic())
        && follows != Some('n')
        && !before_meals(cursor);
    (!meals.is_empty() && !word).then_some(meals)
}

/// v.d.E. and z.d.E. behind the letters of the meals.
fn before_meals(cursor: &Cursor<'_>) -> bool {
    let mut ahead = *cursor;
    ahead.eat_any(&["v.d.e", "vde", "z.d.e", "zde"]).is_some()
}
