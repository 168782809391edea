//! Drawings of data.
//!
//! [`svg`] draws in plain Rust, to text: the same markup on the server and in the browser, complete
//! without script, coloured by the page's own variables. [`options`] describes the same charts to
//! ECharts. [`Chart`] puts the drawing into a box and, where there is script, an interactive chart over
//! it in the same box. Confusion matrices and bars are HTML: [`ConfusionMatrix`], [`HBars`].
//!
//! ```ignore
//! let plot = LinePlot { lines, x_title: "epoch".into(), ..Default::default() };
//! view! { <Card title="Loss" class="c8"><LineChart plot wide=charts::width(8)/></Card> }
//! ```

mod bars;
mod confusion;
mod figure;
mod line_chart;
mod mini;
pub mod options;
mod rates;
mod regression;
pub mod scale;
pub mod svg;
mod table;

pub use bars::{Bar, HBars};
pub use confusion::ConfusionMatrix;
pub use figure::{Chart, Interactive, Legend, LegendEntry, Mounted};
pub use line_chart::{GrowingChart, LineChart};
pub use mini::{MiniHistogram, Sparkline};
pub use rates::{PrChart, RocChart};
pub use regression::{HistogramChart, ScatterChart};

/// The width in px that a chart has in a card of `columns` of the twelve, on a page of full width.
/// A chart is drawn at the width that it is shown at, so that its text keeps its size.
pub const fn width(columns: u32) -> f64 {
    columns as f64 * 98.8 + (columns as f64 - 1.0) * 18.0 - 38.0
}

/// The width in px of a chart on a phone.
pub const PHONE: f64 = 318.0;
