//! What all pages of a project wear.

use crate::components::{Fact, Facts, Icon, Tab, Tabs, Tag, VisibilityTag};
use crate::format;
use crate::shell::{Head, Page};
use leptos::prelude::*;
use mlhub_domain::access::Role;
use mlhub_domain::projects::Project;

/// The parts of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Overview,
    Datasets,
    Models,
    Runs,
    Members,
    Settings,
}

/// A page of a project: its head, its tabs, one of its parts.
#[component]
pub(super) fn ProjectPage(
    /// The project.
    project: Project,
    /// The part that is shown.
    part: Part,
    /// The part.
    children: Children,
) -> impl IntoView {
    let path = project.path();
    let edits = project.role >= Some(Role::Edit);
    let acts = edits.then(|| {
        view! {
            <a class="btn" href=path.train_page(None)>
                <Icon name="activity"/>
                "Train a model"
            </a>
            <a class="btn primary" href=path.upload_page()>
                <Icon name="upload"/>
                "Upload data"
            </a>
        }
    });
    let (visibility, role) = (project.visibility, project.role);
    let tags = move || {
        let role = role.filter(|role| *role < Role::Edit).map(|_| view! { <Tag>"read only"</Tag> });
        view! { <VisibilityTag visibility/> {role} }
    };
    let (owner, counts) = (project.owner.to_string(), counts(&project));
    let facts = move || {
        let (owner, counts) = (owner.clone(), counts.clone());
        let counts = counts.map(|(n, noun)| view! { <Fact value=n after=noun/> });
        view! {
            <Facts>
                <Fact before="by" value=owner/>
                {counts.collect_view()}
            </Facts>
        }
    };
    view! {
        <Page title=title(&project, part) about=project.description.clone()>
            <Head title=project.name.to_string() tags facts>
                {acts}
            </Head>
            <Tabs label=format!("Parts of {path}") tabs=tabs(&project, part)/>
            {children()}
        </Page>
    }
}

fn title(project: &Project, part: Part) -> String {
    let path = project.path();
    match part {
        Part::Overview => path.to_string(),
        Part::Datasets => format!("Datasets · {path}"),
        Part::Models => format!("Models · {path}"),
        Part::Runs => format!("Runs · {path}"),
        Part::Members => format!("Members · {path}"),
        Part::Settings => format!("Settings · {path}"),
    }
}

fn counts(project: &Project) -> [(String, &'static str); 3] {
    let one = |n: u64, one, many| (format::count(n), if n == 1 { one } else { many });
    [
        one(project.datasets, "dataset", "datasets"),
        one(project.models, "model", "models"),
        one(project.runs, "run", "runs"),
    ]
}

fn tabs(project: &Project, part: Part) -> Vec<Tab> {
    let page = project.path().page();
    let tab = |label: &str, below: &str, note: Option<u64>, of: Part| Tab {
        href: format!("{page}{below}"),
        label: label.into(),
        note: note.map(format::count).unwrap_or_default(),
        alert: false,
        current: of == part,
    };
    let mut tabs = vec![
        tab("Overview", "", None, Part::Overview),
        tab("Datasets", "/datasets", Some(project.datasets), Part::Datasets),
        tab("Models", "/models", Some(project.models), Part::Models),
        tab("Runs", "/runs", Some(project.runs), Part::Runs),
    ];
    if project.role.is_some() {
        tabs.push(tab("Members", "/members", None, Part::Members));
    }
    if project.role >= Some(Role::Manage) {
        tabs.push(tab("Settings", "/settings", None, Part::Settings));
    }
    tabs
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use mlhub_domain::access::Visibility;

    fn project(role: Option<Role>) -> Project {
        Project {
            owner: "ada".parse().unwrap(),
            name: "titanic".parse().unwrap(),
            visibility: Visibility::Public,
            description: String::new(),
            role,
            datasets: 1,
            models: 0,
            runs: 12_345,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn what_one_may_not_do_is_not_shown() {
        let labels = |role| {
            let tabs = tabs(&project(role), Part::Runs);
            tabs.into_iter().map(|tab| tab.label).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(labels(None), "Overview Datasets Models Runs");
        assert_eq!(labels(Some(Role::Edit)), "Overview Datasets Models Runs Members");
        assert_eq!(labels(Some(Role::Owner)), "Overview Datasets Models Runs Members Settings");
    }

    #[test]
    fn the_tab_of_the_part_is_the_current_one() {
        let tabs = tabs(&project(None), Part::Runs);
        let current: Vec<&str> =
            tabs.iter().filter(|tab| tab.current).map(|tab| tab.href.as_str()).collect();
        assert_eq!(current, ["/ada/titanic/runs"]);
    }
}
