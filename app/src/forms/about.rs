//! What a form is about.

use super::Hidden;
use leptos::prelude::*;
use serde::Serialize;
use serde_json::Value;

/// The unseen fields that say what a form is about: the argument `at` of its server function, as
/// `at[owner]`, `at[project]` and whatever else the path has.
#[component]
pub fn About<P: Serialize + 'static>(
    /// A path: of a project, dataset, model, run.
    at: P,
) -> impl IntoView {
    let fields = parts(&at).into_iter().map(|(name, value)| view! { <Hidden name value/> });
    fields.collect_view().into_any()
}

/// The fields with their values. A path is a flat object of texts and numbers.
fn parts(at: &impl Serialize) -> Vec<(String, String)> {
    let Ok(Value::Object(parts)) = serde_json::to_value(at) else { return Vec::new() };
    let part = |(key, value)| match value {
        Value::String(text) => (format!("at[{key}]"), text),
        other => (format!("at[{key}]"), other.to_string()),
    };
    parts.into_iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlhub_domain::projects::ProjectPath;

    #[test]
    fn a_path_is_one_field_for_each_part() {
        let at = ProjectPath { owner: "ada".parse().unwrap(), project: "titanic".parse().unwrap() };
        let line = |(name, value)| format!("{name}={value}");
        let fields: Vec<String> = parts(&at.run(7)).into_iter().map(line).collect();
        assert_eq!(fields.join(" "), "at[owner]=ada at[project]=titanic at[run]=7");
    }
}
