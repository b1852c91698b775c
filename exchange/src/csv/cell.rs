//! One value, safe to open in a spreadsheet.

use rust_decimal::Decimal;

/// Spreadsheets compute a cell that begins with one of these, full-width ones included. A chart
/// scanned from who knows where must not run anything on the clinic's machine.
const FORMULA_SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Puts an apostrophe before what a spreadsheet might take for a formula. Numbers and laboratory
/// results made of signs alone (`-`, `++`) stay as they are. A value that begins with an apostrophe
/// itself gets a second one, so that taking one away always gives the value back.
pub(super) fn guarded(value: String) -> String {
    if needs_guard(&value) { format!("'{value}") } else { value }
}

fn needs_guard(value: &str) -> bool {
    if value.starts_with('\'') {
        return true;
    }
    let visible = value.trim_start_matches(|c: char| c.is_whitespace() || c.is_control());
    if !visible.starts_with(FORMULA_SIGNS) {
        return false;
    }
    let only_signs = visible.chars().all(|c| matches!(c, '+' | '-' | '＋' | '－'));
    !only_signs && value.parse::<Decimal>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_compute_gets_an_apostrophe() {
        for formula in [
            "=1+1",
            "@SUM(A1)",
            "+cmd|' /C calc'!A0",
            "-2+3",
            "=HYPERLINK(\"http://example.com\")",
            "\t=1",
            " =1",
            "\r\n=1",
            "＝1+1",
            "-5mg",
            "'=1",
        ] {
            assert_eq!(guarded(formula.into()), format!("'{formula}"));
        }
    }

    #[test]
    fn numbers_and_laboratory_signs_stay_as_they_are() {
        for harmless in ["", "5", "-0.5", "+12", "-", "+", "++", "(-)", "アムロジピン", "136/80"]
        {
            assert_eq!(guarded(harmless.into()), harmless);
        }
    }
}
