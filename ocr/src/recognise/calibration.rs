use chart::Line;

/// How sure it is that a line is right, 0 to 1, from the engine's mean word confidence.
///
/// The engine is overconfident, most of all about single characters. A logistic curve with a
/// bend at 0.75, fitted to 2,962 lines of 40 invented chart pages (print and handwriting; a line
/// counts as right if nine tenths of its characters are): expected calibration error 0.03
/// there, from 0.28 as the engine has it.
pub fn calibrated(line: &Line) -> f32 {
    let sure = line.confidence;
    let single = if line.symbols.len() == 1 { 1.0 } else { 0.0 };
    let evidence = -6.6 + 8.0 * sure + 7.6 * (sure - 0.75).max(0.0) - 2.2 * single;
    1.0 / (1.0 + (-evidence).exp())
}

/// Whether what the engine made of a "line" is dirt rather than writing: a character or two
/// that it is not sure of, or a few that it does not believe itself. Of such lines, fewer than
/// one character in ten was right.
pub fn is_dirt(line: &Line) -> bool {
    match line.symbols.len() {
        0 => true,
        1 | 2 => line.confidence < 0.45,
        3..=5 => line.confidence < 0.3,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use chart::Symbol;

    use super::*;

    fn line(confidence: f32, characters: usize) -> Line {
        let symbol = Symbol { text: "字".to_owned(), confidence, ..Symbol::default() };
        Line {
            text: "字".repeat(characters),
            confidence,
            symbols: vec![symbol; characters],
            ..Line::default()
        }
    }

    #[test]
    fn a_surer_line_stays_surer_and_a_lone_character_is_trusted_less() {
        let figures: Vec<f32> = [0.0, 0.5, 0.75, 0.9, 1.0].map(|c| calibrated(&line(c, 8))).into();
        assert!(figures.is_sorted() && figures[0] < 0.01 && figures[4] > 0.9, "{figures:?}");
        assert!(calibrated(&line(0.9, 1)) < calibrated(&line(0.9, 8)) / 1.5);
    }

    #[test]
    fn long_lines_are_never_dirt() {
        assert!(is_dirt(&line(0.3, 1)) && is_dirt(&line(0.2, 4)));
        assert!(!is_dirt(&line(0.0, 12)) && !is_dirt(&line(0.5, 2)));
    }
}
