//! Drawings as text. Every function is pure and escapes what it is given; each drawing says in a
//! sentence what it shows.

mod bars;
mod frame;
mod lines;
mod markup;
mod rates;
mod scatter;

pub use bars::{Bins, histogram, mini_histogram};
pub use frame::Size;
pub use lines::{Best, Line, LinePlot, lines, spark};
pub use rates::{Chance, RatePlot, rates};
pub use scatter::{ScatterPlot, scatter};

use super::PHONE;

/// The drawing for a page and, below it, the one for a phone; the stylesheet shows one of them.
pub fn both(width: f64, height: f64, draw: impl Fn(Size) -> String) -> String {
    let wide = draw(Size { width, height, class: "wide" });
    let phone_height = (height * 0.85).clamp(180.0, PHONE);
    wide + &draw(Size { width: PHONE, height: phone_height, class: "phone" })
}
