//! The Parquet file that a table becomes.

use super::build::data_type;
use super::plan::{Plan, Planned};
use crate::Error;
use crate::schema::{ORIGINAL_KEY, TYPE_KEY};
use arrow_array::ArrayRef;
use arrow_schema::{Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// Rows of a data page: what a look at a hundred rows has to decode.
const PAGE_ROWS: usize = 8_192;

/// Writer settings shared by all files of ours.
pub(crate) fn properties() -> parquet::file::properties::WriterPropertiesBuilder {
    WriterProperties::builder()
        .set_created_by("mlhub".into())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1).expect("1 is a zstd level")))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_dictionary_enabled(false)
}

/// The Arrow schema of a plan; logical types and the file's own names stand in the metadata.
pub(crate) fn schema(columns: &[Planned]) -> SchemaRef {
    let field = |column: &Planned| {
        let kind = column.kind.logical().as_str().to_owned();
        Field::new(&column.name.name, data_type(column.kind), true).with_metadata(
            [(TYPE_KEY.to_owned(), kind), (ORIGINAL_KEY.to_owned(), column.name.original.clone())]
                .into(),
        )
    };
    Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()))
}

/// A Parquet file being written, row group by row group.
pub(crate) struct TableWriter {
    file: SerializedFileWriter<File>,
}

/// Column writers that exist at the same time. Each has some 170 KB of compression context and
/// dictionary, which thousands of columns must not have all at once.
const OPEN_WRITERS: usize = 64;

/// Makes the column chunks of a row group; shared by the workers. A factory makes the writers of
/// all columns of its schema together, so each has a part of the columns.
pub(crate) struct Encoder {
    parts: Vec<(ArrowRowGroupWriterFactory, SchemaRef)>,
}

/// Begins the file at `path` for the columns of `plan`.
pub(crate) fn create(path: &Path, plan: &Plan) -> Result<(TableWriter, Encoder), Error> {
    let columns = &plan.columns[..plan.written()];
    let schema = schema(columns);
    let mut properties = properties();
    for column in columns.iter().filter(|column| column.dictionary) {
        let path = ColumnPath::new(vec![column.name.name.clone()]);
        properties = properties.set_column_dictionary_enabled(path, true);
    }
    let properties = properties.build();
    let file = ArrowWriter::try_new(File::create(path)?, schema, Some(properties.clone()))?;
    let (file, _) = file.into_serialized_writer()?;
    let parts = columns.chunks(OPEN_WRITERS).map(|part| {
        let schema = self::schema(part);
        let settings = Some(properties.clone());
        let writer = ArrowWriter::try_new(std::io::sink(), Arc::clone(&schema), settings)?;
        Ok((writer.into_serialized_writer()?.1, schema))
    });
    let parts = parts.collect::<Result<_, Error>>()?;
    Ok((TableWriter { file }, Encoder { parts }))
}

impl Encoder {
    /// Encodes and compresses one row group. `columns` yields its arrays in order, each only when
    /// the one before is done with.
    pub(crate) fn encode(
        &self,
        mut columns: impl Iterator<Item = ArrayRef>,
    ) -> Result<Vec<ArrowColumnChunk>, Error> {
        let mut chunks = Vec::new();
        for (factory, schema) in &self.parts {
            // Without encryption the number of the row group does not matter.
            let writers = factory.create_column_writers(0)?;
            for ((mut writer, field), array) in
                writers.into_iter().zip(schema.fields()).zip(columns.by_ref())
            {
                for leaf in compute_leaves(field, &array)? {
                    writer.write(&leaf)?;
                }
                drop(array);
                chunks.push(writer.close()?);
            }
        }
        Ok(chunks)
    }
}

impl TableWriter {
    /// Appends a row group.
    pub(crate) fn append(&mut self, chunks: Vec<ArrowColumnChunk>) -> Result<(), Error> {
        let mut group = self.file.next_row_group()?;
        for chunk in chunks {
            chunk.append_to_row_group(&mut group)?;
        }
        group.close()?;
        Ok(())
    }

    /// Writes the footer.
    pub(crate) fn finish(mut self) -> Result<(), Error> {
        self.file.finish()?;
        Ok(())
    }
}
