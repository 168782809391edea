//! Logical types and the Arrow types that hold them.

use arrow_schema::{DataType, Field, TimeUnit};
use mlhub_domain::schema::{Column, LogicalType};

/// Key of a Parquet field's metadata: the word of its logical type.
pub(crate) const TYPE_KEY: &str = "mlhub:type";
/// Key of a Parquet field's metadata: what the original file calls the column.
pub(crate) const ORIGINAL_KEY: &str = "mlhub:original";

const TYPES: [LogicalType; 9] = [
    LogicalType::Boolean,
    LogicalType::Integer,
    LogicalType::Number,
    LogicalType::Decimal,
    LogicalType::Text,
    LogicalType::Category,
    LogicalType::Date,
    LogicalType::Datetime,
    LogicalType::Time,
];

/// The column that `field` holds: by its metadata, else by its Arrow type.
pub(crate) fn column(field: &Field) -> Column {
    let word = field.metadata().get(TYPE_KEY);
    let said = word.and_then(|word| TYPES.into_iter().find(|kind| kind.as_str() == word));
    let kind = said.unwrap_or(match field.data_type() {
        DataType::Boolean => LogicalType::Boolean,
        DataType::Int64 => LogicalType::Integer,
        DataType::Float64 => LogicalType::Number,
        DataType::Decimal128(..) => LogicalType::Decimal,
        DataType::Date32 => LogicalType::Date,
        DataType::Timestamp(TimeUnit::Microsecond, _) => LogicalType::Datetime,
        DataType::Time64(TimeUnit::Microsecond) => LogicalType::Time,
        _ => LogicalType::Text,
    });
    Column { name: field.name().clone(), kind }
}
