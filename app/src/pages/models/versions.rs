//! The versions of a model: which one is shown, and which one is the champion.

use crate::Failure;
use crate::components::{Card, Tag, Time};
use crate::format;
use crate::forms::{About, Call, ConfirmButton, Form, Hidden, SubmitButton};
use crate::pages::projects::measured;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use mlhub_domain::models::{DatasetRef, Headline, ModelPath};

/// The name of the version that is shown where none is named.
const CHAMPION: &str = "champion";

/// With more versions than this the list folds all but the newest.
const MANY: usize = 3;

/// A version in a few facts.
#[derive(Clone)]
pub(super) struct VersionRow {
    pub(super) version: u32,
    pub(super) run: u32,
    /// Whether that was cancelled.
    pub(super) cancelled: bool,
    pub(super) dataset: DatasetRef,
    /// Whether the visitor may see that.
    pub(super) open: bool,
    pub(super) algorithm: String,
    pub(super) headline: Option<Headline>,
    pub(super) aliases: Vec<String>,
    pub(super) created_at: DateTime<Utc>,
}

impl VersionRow {
    fn is_champion(&self) -> bool {
        self.aliases.iter().any(|alias| alias == CHAMPION)
    }
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

/// Takes an alias away from its version.
#[server(prefix = "/fn", endpoint = "models/remove-alias")]
pub(super) async fn remove_alias(at: ModelPath, alias: String) -> Result<(), Failure> {
    use mlhub_domain::names::Alias;
    let (hub, actor) = crate::ssr::caller()?;
    let named: Alias = alias.parse().map_err(|e| Failure::invalid("alias", e, &alias))?;
    mlhub_hub::models::remove_alias(&hub, &actor, &at, &named).await?;
    Ok(())
}

/// What the list of versions is about.
#[derive(Clone)]
pub(super) struct Versions {
    pub(super) at: ModelPath,
    /// The version that the page is about.
    pub(super) shown: u32,
    /// The one that it is about where none is named.
    pub(super) usual: u32,
    /// How many versions the model has.
    pub(super) all: u64,
    /// Whether the visitor may see the project around the model.
    pub(super) sees: bool,
    pub(super) edits: bool,
}

/// All versions, the newest first.
#[component]
pub(super) fn VersionsCard(about: Versions, rows: Vec<VersionRow>) -> impl IntoView {
    let newest = rows.first().map_or(0, |row| row.version);
    // An older version is shown only for being the champion.
    let champion = about.usual != newest || rows.first().is_some_and(VersionRow::is_champion);
    let rule = if champion {
        format!("Where no version is named, the champion is shown: v{}.", about.usual)
    } else {
        "No version is the champion: where none is named, the newest is shown.".into()
    };
    let folded = rows.iter().skip(MANY).any(|row| row.version == about.shown);
    let listed = rows.len() as u64;
    let mut items: Vec<AnyView> =
        rows.into_iter().map(|version| item(&about, newest, version)).collect();
    let older = items.split_off(items.len().min(MANY));
    let (more, all) = (about.all.saturating_sub(MANY as u64), about.all);
    let more = format!("{} older", format::count(more));
    let cut = (listed < all).then(|| {
        view! { <p class="small muted">{format!("The newest {} of them.", format::count(listed))}</p> }
    });
    let older = (!older.is_empty()).then(|| {
        view! {
            <details class="fold" open=folded>
                <summary>{more}</summary>
                <ul class="list" role="list">
                    {older}
                </ul>
                {cut}
            </details>
        }
    });
    view! {
        <Card title="Versions" class="versions" id="versions">
            <p class="small muted">{rule}</p>
            <ul class="list" role="list">
                {items}
            </ul>
            {older}
        </Card>
    }
    .into_any()
}

/// A link, or its words alone where the visitor may not go.
pub(super) fn link(sees: bool, href: String, words: String) -> AnyView {
    if sees { view! { <a href=href>{words}</a> }.into_any() } else { words.into_any() }
}

fn item(about: &Versions, newest: u32, version: VersionRow) -> AnyView {
    let Versions { at, shown, sees, edits, .. } = about;
    let number = version.version;
    let href = format!("{}?version={number}", at.page());
    let data = at.project().dataset(version.dataset.name.clone()).page();
    let data = format!("{data}?version={}", version.dataset.version);
    let trained_on = format!("{} v{}", version.dataset.name, version.dataset.version);
    let run = at.project().run(version.run);
    let acts = edits.then(|| acts(at, newest, &version));
    let tags = version.aliases.into_iter().map(|alias| view! { <Tag kind="ok">{alias}</Tag> });
    let tags = tags.collect_view();
    let cancelled = version.cancelled.then(|| view! { <Tag kind="plain">"cancelled"</Tag> });
    let here = number == *shown;
    let current = here.then_some("true");
    let here = here.then(|| view! { <Tag kind="plain">"shown here"</Tag> });
    view! {
        <li class="item" aria-current=current>
            <span class="what">
                <span class="row">
                    <a class="strong" href=href>
                        {format!("v{number}")}
                    </a>
                    {tags}
                    {cancelled}
                    {here}
                    <span>{version.headline.as_ref().map(measured)}</span>
                </span>
                <span class="meta">
                    {version.algorithm} " on " {link(version.open, data, trained_on)} ", "
                    {link(*sees, run.page(), format!("run {}", run.run))} ", "
                    <Time at=version.created_at/>
                </span>
            </span>
            {acts}
        </li>
    }
    .into_any()
}

/// What may be done with a version: its names taken away, or that of the champion given.
fn acts(at: &ModelPath, newest: u32, version: &VersionRow) -> AnyView {
    let make = (!version.is_champion()).then(|| champion_form(at, version.version));
    let remove = version.aliases.iter().map(|alias| remove_button(at, newest, version, alias));
    view! {
        <span class="row">
            {remove.collect_view()}
            {make}
        </span>
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

fn remove_button(at: &ModelPath, newest: u32, version: &VersionRow, alias: &str) -> AnyView {
    let (at, name) = (at.clone(), alias.to_string());
    let (label, act) = (format!("Remove {alias}…"), format!("Remove “{alias}”"));
    let warning = lost(version.version, newest, alias);
    view! {
        <ConfirmButton label warning class="btn stop small">
            <Form action={Call::<RemoveAlias>::new()} key=name.clone() class="actions">
                <About at/>
                <Hidden name="alias" value=name/>
                <SubmitButton class="btn stop">{act}</SubmitButton>
            </Form>
        </ConfirmButton>
    }
    .into_any()
}

/// What is no more once a version is not called `alias`.
fn lost(version: u32, newest: u32, alias: &str) -> String {
    let stays = format!(
        "Predictions, downloads and links that ask for “{alias}” find nothing from then on (404). \
         v{version} stays."
    );
    if alias == CHAMPION {
        format!("{stays} Where no version is named, the newest is shown: v{newest}.")
    } else {
        stays
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_with_a_name_is_said_before() {
        let said = lost(1, 2, CHAMPION);
        assert!(said.contains("“champion” find nothing from then on (404). v1 stays."), "{said}");
        assert!(said.ends_with("the newest is shown: v2."), "{said}");
        assert!(lost(1, 2, "next").ends_with("(404). v1 stays."));
    }
}
