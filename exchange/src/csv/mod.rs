//! CSV: UTF-8 with a byte order mark, so that Excel takes it for what it is; a row a record.

mod cell; // one value, safe to open in a spreadsheet
mod columns; // which columns there are and what stands in them

use std::io::Write;

use self::columns::COLUMNS;
use crate::{CommittedRecord, ExchangeError};

/// Without it Excel takes the file for Shift_JIS.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Writes `records` with a header to `writer`; returns how many.
pub fn write(
    records: impl IntoIterator<Item = CommittedRecord>,
    writer: impl Write,
) -> Result<u64, ExchangeError> {
    let mut table = Table::new(writer)?;
    for record in records {
        table.append(&record)?;
    }
    table.finish()
}

/// A CSV file that grows a record at a time, for exports that do not fit into memory.
pub struct Table<W: Write> {
    rows: ::csv::Writer<W>,
    count: u64,
}

impl<W: Write> Table<W> {
    /// Begins the file with its header.
    pub fn new(mut writer: W) -> Result<Self, ExchangeError> {
        writer.write_all(BYTE_ORDER_MARK)?;
        let mut rows =
            ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(writer);
        rows.write_record(COLUMNS.iter().map(|column| column.name))?;
        Ok(Self { rows, count: 0 })
    }

    /// Adds a record.
    pub fn append(&mut self, record: &CommittedRecord) -> Result<(), ExchangeError> {
        let cells = COLUMNS.iter().map(|column| cell::guarded((column.value)(record)));
        self.rows.write_record(cells)?;
        self.count += 1;
        Ok(())
    }

    /// Ends the file and returns the number of records. A file that was not ended may lack its
    /// last rows.
    pub fn finish(mut self) -> Result<u64, ExchangeError> {
        self.rows.flush()?;
        Ok(self.count)
    }
}

#[cfg(test)]
mod tests;
