//! Lines with commas to rows, each for itself.
//!
//! A reader of whole files would swallow everything from a quote that was lost to the next one;
//! here it costs its own line. A quoted field may hold line breaks (notes of the price list do):
//! a line that ends inside quotes is continued by the following ones if that closes it with
//! nothing left over.

use csv::StringRecord;

use super::{
    fault::{Fault, FaultKind},
    table::{Row, Table},
    text::{BROKEN, Text},
};

/// How many lines one row may take.
const LONGEST_ROW: usize = 8;

/// A text file as rows; what is broken is left out and told.
pub fn read(file: &str, bytes: &[u8]) -> (Table, Vec<Fault>) {
    let text = Text::new(bytes);
    let lines: Vec<_> = text.lines().collect();
    let mut rows = Vec::with_capacity(lines.len());
    let mut faults = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let line = u32::try_from(at + 1).unwrap_or(u32::MAX);
        let mut fault = |column: usize, kind| {
            let column = u32::try_from(column).unwrap_or(u32::MAX);
            faults.push(Fault { file: file.to_owned(), line, column, kind, row_lost: true });
        };
        if lines[at].trim().is_empty() {
            at += 1;
            continue;
        }
        let (fields, taken) = match split(&lines[at]) {
            Ok(fields) => (Ok(fields), 1),
            Err(broken) if broken.open => continued(&lines[at..], broken),
            Err(broken) => (Err(broken), 1),
        };
        at += taken;
        match fields {
            Ok(fields) => match fields.iter().position(|field| field.contains(BROKEN)) {
                None => rows.push(Row { line, fields }),
                Some(column) => fault(column + 1, FaultKind::Characters),
            },
            Err(broken) => fault(broken.column, FaultKind::Quotes),
        }
    }
    (Table { name: file.to_owned(), rows }, faults)
}

/// Where a line cannot be cut.
#[derive(Debug, Clone, Copy)]
struct Broken {
    column: usize,
    /// A quote is open at the end of the line.
    open: bool,
}

/// The row that begins in the first of the lines, and how many lines it takes.
fn continued(
    lines: &[std::borrow::Cow<'_, str>],
    broken: Broken,
) -> (Result<StringRecord, Broken>, usize) {
    let mut joined = lines[0].to_string();
    for (taken, line) in (2..).zip(lines.iter().skip(1).take(LONGEST_ROW - 1)) {
        joined.push('\n');
        joined.push_str(line);
        match split(&joined) {
            Ok(fields) => return (Ok(fields), taken),
            Err(still) if still.open => {}
            Err(_) => break,
        }
    }
    (Err(broken), 1)
}

/// The fields of a row (RFC 4180; a quote inside an unquoted field is a character).
fn split(line: &str) -> Result<StringRecord, Broken> {
    let mut fields = StringRecord::new();
    let mut rest = line;
    loop {
        let column = fields.len() + 1;
        if let Some(mut quoted) = rest.strip_prefix('"') {
            let mut field = String::new();
            loop {
                let Some(end) = quoted.find('"') else { return Err(Broken { column, open: true }) };
                field.push_str(&quoted[..end]);
                quoted = &quoted[end + 1..];
                match quoted.strip_prefix('"') {
                    Some(after) => {
                        field.push('"');
                        quoted = after;
                    }
                    None => break,
                }
            }
            fields.push_field(&field);
            match quoted.strip_prefix(',') {
                Some(after) => rest = after,
                None if quoted.is_empty() => return Ok(fields),
                None => return Err(Broken { column, open: false }),
            }
        } else {
            let Some((field, after)) = rest.split_once(',') else {
                fields.push_field(rest);
                return Ok(fields);
            };
            fields.push_field(field);
            rest = after;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> (Vec<Vec<String>>, Vec<(u32, u32)>) {
        let (table, faults) = read("test.csv", text.as_bytes());
        let rows = table.rows.iter().map(|row| row.fields.iter().map(str::to_owned).collect());
        (rows.collect(), faults.iter().map(|fault| (fault.line, fault.column)).collect())
    }

    #[test]
    fn fields_are_cut_as_they_were_written() {
        let (rows, faults) = rows("\"a\",\"b,\"\"c\"\"\",\"\"\r\nd,,e\r\n\r\nf\n");
        assert_eq!(rows, [vec!["a", "b,\"c\"", ""], vec!["d", "", "e"], vec!["f"]]);
        assert_eq!(faults, []);
    }

    #[test]
    fn a_note_of_two_lines_is_one_row() {
        let (rows, faults) = rows("a,\"first\nsecond\",c\nd,e,f\n");
        assert_eq!(rows, [vec!["a", "first\nsecond", "c"], vec!["d", "e", "f"]]);
        assert_eq!(faults, []);
    }

    #[test]
    fn a_lost_quote_costs_one_line() {
        let (rows, faults) = rows("\"a\",\"b\n\"c\",\"d\"\n\"e\"x,\"f\"\n\"g\",\"h\"\n");
        assert_eq!(rows, [["c", "d"], ["g", "h"]]);
        assert_eq!(faults, [(1, 2), (3, 1)]);
    }
}
