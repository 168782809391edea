//! Using a model from elsewhere: snippets with the real address, and the artifact.

use super::try_it::label;
use crate::components::{Card, Icon, Snippet};
use crate::format;
use leptos::prelude::*;
use mlhub_domain::access::Visibility;
use mlhub_domain::models::{Model, ModelVersion};
use serde_json::{Map, Value, json};

/// How to predict from a shell and from Python, and the download.
#[component]
pub(super) fn UseCard(model: Model, version: ModelVersion, origin: String) -> impl IntoView {
    let api = format!("{}/versions/{}", model.path().api(), version.version);
    let closed = model.visibility == Visibility::Private;
    let address = format!("{origin}{api}/predict");
    let body = example(&version);
    let curl = curl(&address, &body, closed);
    let python = python(&address, &body, closed);
    let size = format!("Download ({})", format::bytes(version.size));
    view! {
        <Card title="Use it" id="use">
            <div class="stack">
                <div class="columns">
                    <Snippet title="curl" code=curl/>
                    <Snippet title="Python" code=python/>
                </div>
                <div class="row">
                    <a class="btn" href=format!("{api}/download") rel="external" download="">
                        <Icon name="download"/>
                        {size}
                    </a>
                </div>
            </div>
        </Card>
    }
    .into_any()
}

/// A request with one row that the model knows.
fn example(version: &ModelVersion) -> String {
    let cells = version.signature.inputs.iter();
    let row: Map<String, Value> =
        cells.map(|input| (input.name.clone(), input.example.clone())).collect();
    json!({ "rows": [row] }).to_string()
}

/// The text for a shell; a quote inside single quotes ends them, says itself, begins them again.
fn curl(address: &str, body: &str, closed: bool) -> String {
    let token = if closed { "  -H \"Authorization: Bearer $MLHUB_TOKEN\" \\\n" } else { "" };
    let body = body.replace('\'', "'\\''");
    format!("curl -s {address} \\\n{token}  -H 'Content-Type: application/json' \\\n  -d '{body}'")
}

/// With what every Python brings along. The body is JSON already, so that `true` and `null` need no
/// other spelling.
fn python(address: &str, body: &str, closed: bool) -> String {
    let (import, token) = if closed {
        let token = "        \"Authorization\": \"Bearer \" + os.environ[\"MLHUB_TOKEN\"],\n";
        ("import json, os", token)
    } else {
        ("import json", "")
    };
    let body = body.replace('\\', "\\\\").replace('\'', "\\'");
    format!(
        "{import}\nfrom urllib.request import Request, urlopen\n\nrequest = Request(\n    \
         \"{address}\",\n    data='{body}'.encode(),\n    headers={{\n        \"Content-Type\": \
         \"application/json\",\n{token}    }},\n)\nwith urlopen(request) as answer:\n    \
         print(json.load(answer))"
    )
}

/// The columns that a model takes, in a line.
pub(super) fn takes(version: &ModelVersion) -> String {
    let classes = version.signature.classes.as_ref().map(|classes| {
        let names: Vec<String> = classes.iter().take(6).map(label).collect();
        let more = if classes.len() > 6 { ", …" } else { "" };
        format!(" as {}{more}", names.join(", "))
    });
    let columns = format::counted(version.signature.inputs.len() as u64, "column", "columns");
    format!("{} from {columns}{}", version.signature.target, classes.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_in_the_data_does_not_end_the_command() {
        let text = curl("http://x/predict", r#"{"rows":[{"a":"it's"}]}"#, false);
        assert!(text.ends_with(r#"-d '{"rows":[{"a":"it'\''s"}]}'"#), "{text}");
        assert!(!text.contains("Authorization"));
        assert!(python("http://x", r#"{"a":"it's"}"#, true).contains(r#"'{"a":"it\'s"}'"#));
    }
}
