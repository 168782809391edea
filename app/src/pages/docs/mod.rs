//! How scripts use ML Hub, what can be trained, and which keys there are.

mod algorithms;

use crate::boot::Boot;
use crate::components::{Card, Scroll, Snippet, Tag};
use crate::shell::{Head, Keys};
use crate::{Failure, Page, format, load};
use algorithms::Algorithms;
use leptos::prelude::*;
use mlhub_domain::access::LATELY_MINUTES;

/// What the page shows.
struct Manual {
    /// The address of this server: `https://hub.example.org`.
    origin: String,
    groups: Vec<Group>,
}

/// The operations on one kind of thing.
struct Group {
    name: String,
    operations: Vec<Operation>,
}

/// One thing that can be asked for.
struct Operation {
    method: String,
    path: String,
    summary: String,
}

/// Reads the description of the REST API that the server has of itself.
async fn manual() -> Result<Manual, Failure> {
    on_server!({
        use crate::ssr;
        let described = use_context::<ssr::ApiDescription>();
        let groups = described.map(|api| groups(&api.0)).unwrap_or_default();
        Ok(Manual { origin: ssr::origin(), groups })
    })
}

/// `/docs`
#[component]
pub fn Docs() -> impl IntoView {
    load(Some(()), |()| manual(), |manual| view! { <ManualView manual/> }.into_any())
}

#[component]
fn ManualView(manual: Manual) -> impl IntoView {
    let Manual { origin, groups } = manual;
    let links = groups.iter().map(|group| {
        let (href, name) = (format!("#{}", group.name), format::titled(&group.name));
        view! { <a class="tag" href=href>{name}</a> }
    });
    let links = links.collect_view();
    let tables = groups.into_iter().map(group).collect_view();
    view! {
        <Page title="API and keys" class="narrow">
            <Head title="API and keys"/>
            <p class="lede">
                "Whatever the pages do, a script can do by REST, with the same rights and the same \
                 answers."
            </p>
            <Begin origin/>
            <section class="stack" id="operations">
                <div class="row apart baseline">
                    <h2>"All operations"</h2>
                    <a href="/api/openapi.json">"OpenAPI description"</a>
                </div>
                <nav class="row" aria-label="Operations">
                    {links}
                </nav>
                {tables}
            </section>
            <Algorithms/>
            <Card title="Keys" id="keys">
                <Keys/>
            </Card>
        </Page>
    }
}

/// From nothing to an answer.
#[component]
fn Begin(origin: String) -> impl IntoView {
    let visitor = use_context::<Boot>().and_then(|boot| boot.visitor);
    let owner = visitor.map_or_else(|| "YOU".to_owned(), |visitor| visitor.username.to_string());
    let snippets = steps(&origin, &owner).map(|(title, code)| view! { <Snippet title code/> });
    view! {
        <section class="stack">
            <h2>"How to begin"</h2>
            <ul>
                <li>
                    "A script signs in with a token, in the header “Authorization”. "
                    <a href="/settings/tokens">"Make one"</a>
                    "; it may do what you may, up to the scope that you give it. What is public needs \
                     none."
                </li>
                <li>
                    "The cookies of a login do as well. But whatever deletes, and what makes tokens, \
                     then asks for a login of the last "
                    {LATELY_MINUTES}
                    " minutes: the code "
                    <code>"confirm-login"</code>
                    " (403) means to sign in again."
                </li>
                <li>
                    "Bodies and answers are JSON. What went wrong is told as "
                    <code>"application/problem+json"</code>
                    ": a code that never changes, and what to do in words."
                </li>
                <li>
                    "Lists come in pages: "
                    <code>"limit"</code>
                    ", "
                    <code>"q"</code>
                    ", "
                    <code>"sort"</code>
                    ", and "
                    <code>"cursor"</code>
                    " with the “next” of the page before."
                </li>
                <li>
                    "A request that makes something can be repeated safely with an "
                    <code>"Idempotency-Key"</code>
                    "."
                </li>
            </ul>
            <div class="columns">{snippets.into_iter().collect_view()}</div>
        </section>
    }
}

/// What to type, in order; the project is `owner`'s.
fn steps(origin: &str, owner: &str) -> [(&'static str, String); 4] {
    let projects = format!("{origin}/api/v1/projects");
    let project = format!("{projects}/{owner}/flowers");
    let call = |what: &str, address: &str| {
        let token = "-H \"Authorization: Bearer $MLHUB_TOKEN\"";
        format!("curl --fail-with-body {token} \\\n  {what} \\\n  {address}")
    };
    let post = |body: &str, address: String| {
        call(&format!("-H 'Content-Type: application/json' \\\n  -d '{body}'"), &address)
    };
    let make = post(r#"{"name": "flowers"}"#, projects);
    let dataset = post(r#"{"name": "iris"}"#, format!("{project}/datasets"));
    let file = call("-F file=@iris.csv", &format!("{project}/datasets/iris/versions"));
    let spec = r#"{"task": "classification", "target": "species", "algorithm": {"kind": "mlp"}}"#;
    let spec = format!(r#"{{"name": "species", "spec": {spec}}}"#);
    let model = post(&spec, format!("{project}/models"));
    let train = post(r#"{"dataset": "iris"}"#, format!("{project}/models/species/train"));
    let row = r#"{"sepal_length": 5, "sepal_width": 3, "petal_length": 1.4, "petal_width": 0.2}"#;
    let rows = format!(r#"{{"rows": [{row}]}}"#);
    let predict = post(&rows, format!("{project}/models/species/versions/1/predict"));
    [
        ("Make a project", format!("export MLHUB_TOKEN=mlh_…\n{make}")),
        ("Upload a table", format!("{dataset}\n{file}")),
        ("Train a model", format!("{model}\n{train}")),
        ("Predict", predict),
    ]
}

/// A table of the operations on one kind of thing.
fn group(group: Group) -> AnyView {
    let label = format!("Operations: {}", group.name);
    let rows = group.operations.into_iter().map(|operation| {
        view! {
            <tr>
                <td>
                    <Tag kind=if operation.method == "GET" { "plain" } else { "" }>
                        {operation.method.clone()}
                    </Tag>
                </td>
                <td>
                    <code>{operation.path}</code>
                </td>
                <td class="wrap">{operation.summary}</td>
            </tr>
        }
        .into_any()
    });
    view! {
        <section class="stack tight" id=group.name.clone()>
            <h3>{format::titled(&group.name)}</h3>
            <Scroll label=label>
                <table>
                    <thead>
                        <tr>
                            <th>"Method"</th>
                            <th>"Address"</th>
                            <th>"What it does"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </Scroll>
        </section>
    }
    .into_any()
}

/// The order in which the kinds of things are met; others follow by name.
const ORDER: [&str; 10] = [
    "accounts",
    "tokens",
    "projects",
    "members",
    "datasets",
    "versions",
    "models",
    "algorithms",
    "runs",
    "jobs",
];

/// The operations of an OpenAPI document, by their first tag.
fn groups(api: &serde_json::Value) -> Vec<Group> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let mut groups: Vec<Group> = Vec::new();
    let paths = api["paths"].as_object();
    for (path, methods) in paths.into_iter().flatten() {
        for (method, told) in methods.as_object().into_iter().flatten() {
            let name = told["tags"][0].as_str().unwrap_or("others");
            let operation = Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                summary: text(&told["summary"]).replace('\n', " "),
            };
            match groups.iter_mut().find(|group| group.name == name) {
                Some(group) => group.operations.push(operation),
                None => groups.push(Group { name: name.into(), operations: vec![operation] }),
            }
        }
    }
    let place = |name: &str| ORDER.iter().position(|known| *known == name);
    groups.sort_by_key(|group| (place(&group.name).unwrap_or(ORDER.len()), group.name.clone()));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn operations_are_told_by_kind_in_the_order_one_meets_them() {
        let told = |tag, summary| json!({"tags": [tag], "summary": summary});
        let api = json!({"paths": {
            "/api/v1/live": {"get": {"summary": "Follows."}},
            "/api/v1/models": {"get": told("models", "Lists\nthem."), "post": told("models", "")},
            "/api/v1/me": {"get": told("accounts", "You.")},
        }});
        let lines = groups(&api).into_iter().flat_map(|group| {
            let line = move |o: Operation| {
                format!("{}: {} {} {}", group.name, o.method, o.path, o.summary)
            };
            group.operations.into_iter().map(line).collect::<Vec<_>>()
        });
        assert_eq!(
            lines.collect::<Vec<_>>(),
            [
                "accounts: GET /api/v1/me You.",
                "models: GET /api/v1/models Lists them.",
                "models: POST /api/v1/models ",
                "others: GET /api/v1/live Follows.",
            ]
        );
    }
}
