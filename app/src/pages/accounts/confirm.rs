//! Giving one's password again, in the form that asks for it: for what a browser may not do that was
//! left open long ago.

use crate::boot::Boot;
use crate::forms::PasswordField;
use crate::{Failure, load};
use leptos::prelude::*;
use mlhub_domain::access::LATELY_MINUTES;

/// Whether the one who looks at the page has to.
async fn must_confirm() -> Result<bool, Failure> {
    on_server!({
        let (hub, actor) = crate::ssr::caller()?;
        Ok(mlhub_hub::accounts::must_confirm(&hub, &actor).await?)
    })
}

/// What `show` makes of whether its form has to ask for the password again, by a [`PasswordAgain`].
/// Its function hands what came to `ssr::password_again`.
pub fn confirming(show: impl FnOnce(bool) -> AnyView + Send + 'static) -> AnyView {
    load(Some(()), |()| must_confirm(), show)
}

/// The field for the password in a form that has `asked` for it again.
#[component]
pub fn PasswordAgain(asked: bool) -> impl IntoView {
    asked.then(|| {
        let visitor = use_context::<Boot>().and_then(|boot| boot.visitor);
        let who = visitor.map(|visitor| format!(" as {}", visitor.username)).unwrap_or_default();
        let help = format!(
            "You are signed in{who}, and last gave it more than {LATELY_MINUTES} minutes ago."
        );
        view! { <PasswordField label="Your password" help/> }
    })
}
