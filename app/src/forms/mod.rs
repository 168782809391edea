//! Forms that work for everybody.
//!
//! A [`Form`] is a plain `<form method="post">` **to the address of its own page**, with the name of
//! its server function in the hidden field `_fn` (and, where a page has several forms of one
//! function, their `key` in `_key`).
//!
//! The server (`ssr::native`) runs the function. Success answers 303 to where the function said, or
//! to the page itself. A failure renders the page again, at its own address, with the problem's
//! status (422, 409, …) and a [`Refused`](crate::boot::Refused) in its [`Boot`](crate::boot::Boot):
//! the fields show what was said and what was typed. A function whose success is something to look
//! at (a prediction) and goes nowhere has its page rendered in the answer to the post, see
//! [`answer`]. That a form is `done` is said by the page that follows, once: a cookie tells it which
//! form it was (`ssr::once`), so that loading the page again does nothing again. The page that follows
//! a form that deletes says what is gone, in the same way (`ssr::see_deleted`).
//!
//! A [`FileForm`] brings a file, which no server function takes: the server knows it by its name, and
//! brings it back like the others when it was refused.
//!
//! A button called `_choose` posts the form to choose, not to act: the function is not called, and the
//! page comes back with what was [`typed`], to show what fits the choice ([`Chooses`]).
//!
//! Script adds comforts to the same forms (`public/enhance.js`): focus goes to the first field that
//! is wrong, a double click is one act, and a form with a `part` draws only that part anew.
//!
//! Why not Leptos' own way, a redirect to the `Referer` with `?__err=`: it loses what was typed,
//! leaves the error in the history, and lets anyone craft a link that shows a message. No text here
//! travels in an address or a cookie; nothing is too long; it needs no state on the server.
//!
//! **Secrets** ([`is_secret`] by name) are never given back: not in the page, not in its JSON.

mod about;
mod button;
mod checkbox;
mod choices;
mod field;
mod file;
mod form;
mod number;
mod password;
mod select;
mod sending;
mod text;
mod textarea;

pub use about::About;
pub use button::{Chooses, ConfirmButton, SubmitButton};
pub use checkbox::Checkbox;
pub use choices::{Choice, RadioCards};
pub use field::ErrorLine;
pub use file::FileDrop;
pub use form::{Call, FileForm, Form, FormState, Hidden, Told, answer, came_back, typed};
pub use number::NumberField;
pub use password::PasswordField;
pub use select::{Select, SelectOption};
pub use sending::{Sending, Upload};
pub use text::TextField;
pub use textarea::TextArea;

/// Whether the value of a field of this name is never shown again.
pub fn is_secret(field: &str) -> bool {
    ["password", "secret", "token", "code"].iter().any(|word| field.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_and_codes_are_secrets_and_names_are_not() {
        for secret in ["password", "new_password", "setup_token", "code", "client_secret"] {
            assert!(is_secret(secret), "{secret}");
        }
        for open in ["name", "email", "at[owner]", "description"] {
            assert!(!is_secret(open), "{open}");
        }
    }
}
