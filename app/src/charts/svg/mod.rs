//! Drawings as text. Every function is pure and escapes what it is given; each drawing says in a
//! sentence what it shows.

mod bars;
mod frame;
mod lines;
mod markup;
mod rates;
mod scatter;

pub(super) use bars::ground as histogram_ground;
pub use bars::{Bins, histogram, mini_histogram};
pub use frame::Size;
pub(super) use frame::{Frame, Ground};
pub(super) use lines::ground as lines_ground;
pub use lines::{Best, Line, LinePlot, lines, spark};
pub(super) use rates::ground as rates_ground;
pub use rates::{Chance, RatePlot, rates};
pub(super) use scatter::ground as scatter_ground;
pub use scatter::{ScatterPlot, scatter};

use super::PHONE;

/// The drawing for a page and, below it, the one for a phone; the stylesheet shows one of them.
pub fn both(sizes: [Size; 2], draw: impl Fn(Size) -> String) -> String {
    sizes.map(draw).concat()
}

/// The sizes of a chart on a page and on a phone.
pub const fn sizes(width: f64, height: f64) -> [Size; 2] {
    let phone = (height * 0.85).clamp(180.0, PHONE);
    [Size { width, height, class: "wide" }, Size { width: PHONE, height: phone, class: "phone" }]
}
