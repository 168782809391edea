//! What every page wears.

mod account;
mod app;
mod crumbs;
mod footer;
mod load;
mod page;
mod palette;
mod theme;
mod top;
mod tray;

pub use account::AccountMenu;
pub use app::App;
pub use footer::Footer;
pub use load::load;
pub use page::{Head, Page};
pub use palette::{Keys, Palette};
pub use theme::ThemeSwitch;
pub use top::TopBar;
pub use tray::{JobsTray, Running, job_state};
