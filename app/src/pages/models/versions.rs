//! The versions of a model: which one is shown, and which one is the champion.

use super::evaluation::metric_title;
use crate::Failure;
use crate::components::{Card, Scroll, Tag, Time};
use crate::format;
use crate::forms::{About, Call, Form, Hidden, SubmitButton};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use mlhub_domain::models::{DatasetRef, ModelPath, Task};
use mlhub_domain::num::Num;

/// The name of the version that is used when none is named.
pub(super) const CHAMPION: &str = "champion";

/// A version in a few facts.
#[derive(Clone)]
pub(super) struct VersionRow {
    pub(super) version: u32,
    pub(super) run: u32,
    pub(super) dataset: DatasetRef,
    /// Whether the visitor may see that.
    pub(super) open: bool,
    pub(super) algorithm: String,
    pub(super) value: Option<Num>,
    pub(super) aliases: Vec<String>,
    pub(super) created_at: DateTime<Utc>,
}

/// Lets `champion` point at a version: rolling back is the same act.
#[server(prefix = "/fn", endpoint = "models/champion")]
pub(super) async fn set_champion(at: ModelPath, version: u32) -> Result<(), Failure> {
    use mlhub_domain::names::Alias;
    let (hub, actor) = crate::ssr::caller()?;
    let alias: Alias = CHAMPION.parse().map_err(|e| Failure::invalid("alias", e, CHAMPION))?;
    mlhub_hub::models::set_alias(&hub, &actor, &at, &alias, version).await?;
    Ok(())
}

/// All versions, the newest first.
#[component]
pub(super) fn VersionsCard(
    at: ModelPath,
    task: Task,
    rows: Vec<VersionRow>,
    shown: u32,
    /// Whether the visitor may see the project around it.
    sees: bool,
    edits: bool,
) -> impl IntoView {
    let measured = metric_title(mlhub_domain::evaluation::headline(task));
    let lines: Vec<AnyView> =
        rows.into_iter().map(|version| row(&at, version, shown, (sees, edits))).collect();
    view! {
        <Card title="Versions" class="c12 flush" id="versions">
            <Scroll label="Versions">
                <table>
                    <thead>
                        <tr>
                            <th>"Version"</th>
                            <th class="num">{measured}</th>
                            <th>"Algorithm"</th>
                            <th>"Trained on"</th>
                            <th>"Run"</th>
                            <th>"Made"</th>
                            <th>
                                <span class="visually-hidden">"Actions"</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
            </Scroll>
        </Card>
    }
    .into_any()
}

/// A link, or its words alone where the visitor may not go.
pub(super) fn link(sees: bool, href: String, words: String) -> AnyView {
    if sees { view! { <a href=href>{words}</a> }.into_any() } else { words.into_any() }
}

fn row(at: &ModelPath, version: VersionRow, shown: u32, (sees, edits): (bool, bool)) -> AnyView {
    let number = version.version;
    let href = format!("{}?version={number}", at.page());
    let data = at.project().dataset(version.dataset.name.clone()).page();
    let data = format!("{data}?version={}", version.dataset.version);
    let trained_on = format!("{} v{}", version.dataset.name, version.dataset.version);
    let run = at.project().run(version.run);
    let value = version.value.map_or_else(|| "–".to_string(), |value| format::metric(value.0));
    let may = edits && !version.aliases.iter().any(|alias| alias == CHAMPION);
    let act = may.then(|| champion_form(at, number));
    let tags = version.aliases.into_iter().map(|alias| view! { <Tag kind="ok">{alias}</Tag> });
    let tags = tags.collect_view();
    view! {
        <tr>
            <th scope="row">
                <span class="row">
                    <a href=href aria-current=(number == shown).then_some("true")>
                        {format!("v{number}")}
                    </a>
                    {tags}
                </span>
            </th>
            <td class="num">{value}</td>
            <td>{version.algorithm}</td>
            <td>{link(version.open, data, trained_on)}</td>
            <td>{link(sees, run.page(), format!("run {}", run.run))}</td>
            <td>
                <Time at=version.created_at/>
            </td>
            <td class="acts">{act}</td>
        </tr>
    }
    .into_any()
}

fn champion_form(at: &ModelPath, number: u32) -> AnyView {
    let at = at.clone();
    view! {
        <Form action={Call::<SetChampion>::new()} key=number.to_string() class="row">
            <About at/>
            <Hidden name="version" value=number.to_string()/>
            <SubmitButton class="btn small">"Make champion"</SubmitButton>
        </Form>
    }
    .into_any()
}
