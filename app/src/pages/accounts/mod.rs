//! Accounts: getting one, entering, and what one sets for oneself.

mod appearance;
mod confirm;
mod login;
mod profile;
mod security;
mod settings;
mod setup;
mod signup;
mod strength;
mod tokens;

pub use appearance::Appearance;
pub use confirm::{PasswordAgain, confirming};
pub use login::LogInPage;
pub use profile::Profile;
pub use security::Security;
pub use setup::SetUpPage;
pub use signup::SignUpPage;
pub use tokens::Tokens;
