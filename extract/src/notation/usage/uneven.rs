//! 朝2昼1夕1, 1-0-1: doses of one day that differ.

use rust_decimal::Decimal;

use super::{Mark, amount::unit, meal::Meal};
use crate::notation::cursor::{Cursor, Number};

/// 朝2昼1夕1, 朝3錠 夕2錠, 1-0-1.
pub fn uneven(cursor: &mut Cursor<'_>) -> Option<Mark> {
    if let Some(doses) = cursor.attempt(dashed) {
        return Some(Mark::Uneven(doses));
    }
    let mut doses = Vec::new();
    while let Some(dose) = cursor.attempt(|cursor| {
        cursor.spaces();
        let _ = cursor.eat("・") || cursor.eat("-") || cursor.eat("、") || cursor.eat(",");
        cursor.spaces();
        let meal = single_meal(cursor)?;
        cursor.spaces();
        let value = cursor.number()?.value;
        cursor.attempt(|cursor| {
            cursor.spaces();
            unit(cursor)
        });
        // 朝1回, 夕食後1日分: other figures.
        (!matches!(cursor.peek(), Some('回' | '日'))).then_some((meal, value))
    }) {
        doses.push(dose);
    }
    (doses.len() >= 2).then_some(Mark::Uneven(doses))
}

fn single_meal(cursor: &mut Cursor<'_>) -> Option<Meal> {
    let meal = cursor.eat_spelling(&[
        ("朝食後", Meal::Breakfast),
        ("昼食後", Meal::Lunch),
        ("夕食後", Meal::Dinner),
        ("朝食", Meal::Breakfast),
        ("昼食", Meal::Lunch),
        ("夕食", Meal::Dinner),
        ("朝", Meal::Breakfast),
        ("昼", Meal::Lunch),
        ("夕", Meal::Dinner),
        ("眠前", Meal::Bedtime),
        ("就寝前", Meal::Bedtime),
        ("寝る前", Meal::Bedtime),
        ("眠", Meal::Bedtime),
    ])?;
    cursor.eat("に");
    Some(meal)
}

fn dashed(cursor: &mut Cursor<'_>) -> Option<Vec<(Meal, Decimal)>> {
    let mut values = vec![small(&cursor.number()?)?];
    while let Some(value) = cursor.attempt(|cursor| {
        cursor.eat("-").then_some(())?;
        small(&cursor.number()?)
    }) {
        values.push(value);
    }
    if !(3..=4).contains(&values.len()) || cursor.peek() == Some('-') {
        return None;
    }
    let meals = [Meal::Breakfast, Meal::Lunch, Meal::Dinner, Meal::Bedtime];
    Some(meals.into_iter().zip(values).collect())
}

/// A figure that can be a dose and is no part of a telephone number.
fn small(number: &Number) -> Option<Decimal> {
    (number.value <= Decimal::from(60)).then_some(number.value)
}
