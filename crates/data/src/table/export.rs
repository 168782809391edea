//! A table in the formats of others.

use super::{Table, json};
use crate::Error;
use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, RecordBatch};
use arrow_ipc::writer::FileWriter;
use arrow_schema::DataType;
use serde_json::Value;
use std::io::{BufWriter, Write};

/// A format that a table can be downloaded in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180 in UTF-8 with a header. Missing is nothing at all, the empty text is `""`.
    Csv,
    /// A list of objects, one in a line; cells as [`Table::rows`] gives them.
    Json,
    /// The file itself.
    Parquet,
    /// An Arrow file (Feather version 2).
    Arrow,
}

impl Table {
    /// Writes the whole table to `to`, a batch at a time.
    ///
    /// # Errors
    /// When the table cannot be read or `to` refuses.
    pub fn export(&self, format: Format, to: &mut dyn Write) -> Result<(), Error> {
        let mut to = BufWriter::with_capacity(1 << 16, to);
        match format {
            Format::Csv => self.export_csv(&mut to)?,
            Format::Json => self.export_json(&mut to)?,
            Format::Parquet => {
                std::io::copy(&mut self.file.reader(), &mut to)?;
            }
            Format::Arrow => {
                let mut writer = FileWriter::try_new(&mut to, self.metadata.schema())?;
                for batch in self.scan(&self.all())? {
                    writer.write(&batch?)?;
                }
                writer.finish()?;
            }
        }
        to.flush()?;
        Ok(())
    }

    fn all(&self) -> Vec<usize> {
        (0..self.columns.len()).collect()
    }

    fn export_csv(&self, to: &mut impl Write) -> Result<(), Error> {
        for (i, column) in self.columns.iter().enumerate() {
            to.write_all(if i == 0 { b"" } else { b"," })?;
            csv_text(to, &column.name)?;
        }
        to.write_all(b"\n")?;
        for batch in self.scan(&self.all())? {
            let batch = batch?;
            for row in 0..batch.num_rows() {
                for (i, column) in batch.columns().iter().enumerate() {
                    to.write_all(if i == 0 { b"" } else { b"," })?;
                    csv_cell(to, column, row)?;
                }
                // A missing cell alone would be a blank line, which readers skip.
                to.write_all(b"\n")?;
            }
        }
        Ok(())
    }

    fn export_json(&self, to: &mut impl Write) -> Result<(), Error> {
        let names: Vec<String> =
            self.columns.iter().map(|column| Value::from(&*column.name).to_string()).collect();
        let mut before = "[\n";
        for batch in self.scan(&self.all())? {
            let batch = batch?;
            for row in 0..batch.num_rows() {
                to.write_all(before.as_bytes())?;
                before = ",\n";
                for (i, (name, column)) in names.iter().zip(batch.columns()).enumerate() {
                    let open = if i == 0 { '{' } else { ',' };
                    write!(to, "{open}{name}:{}", json::cell(column, row))?;
                }
                to.write_all(b"}")?;
            }
        }
        to.write_all(if before == "[\n" { b"[]\n" } else { b"\n]\n" })?;
        Ok(())
    }
}

fn csv_cell(to: &mut impl Write, column: &dyn Array, row: usize) -> std::io::Result<()> {
    if column.is_null(row) {
        return Ok(());
    }
    match column.data_type() {
        DataType::Utf8 => {
            let text = column.as_string::<i32>().value(row);
            // Among bare numbers a text that looks like one is read as text again for its quotes.
            if text.bytes().any(|b| b.is_ascii_digit()) && text.trim().parse::<f64>().is_ok() {
                return write!(to, "\"{text}\"");
            }
            csv_text(to, text)
        }
        DataType::Int64 => {
            let values = column.as_primitive::<arrow_array::types::Int64Type>();
            write!(to, "{}", values.value(row))
        }
        DataType::Float64 => {
            let value = column.as_primitive::<Float64Type>().value(row);
            if value.is_infinite() {
                return to.write_all(if value > 0.0 { b"inf" } else { b"-inf" });
            }
            write!(to, "{}", json::number(value))
        }
        _ => match json::cell(column, row) {
            Value::String(text) => to.write_all(text.as_bytes()),
            other => write!(to, "{other}"),
        },
    }
}

fn csv_text(to: &mut impl Write, text: &str) -> std::io::Result<()> {
    let plain = !text.is_empty() && !text.bytes().any(|b| matches!(b, b',' | b'"' | b'\n' | b'\r'));
    if plain {
        to.write_all(text.as_bytes())
    } else {
        write!(to, "\"{}\"", text.replace('"', "\"\""))
    }
}

/// All batches of some columns, for those who go through a table.
impl Table {
    /// Calls `see` with each batch of the columns `indices`, in order of the rows.
    pub(crate) fn each(
        &self,
        indices: &[usize],
        mut see: impl FnMut(&RecordBatch) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.scan(indices)?.try_for_each(|batch| see(&batch?))
    }
}
