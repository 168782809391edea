//! Where a page is, told by its address.

use crate::{Failure, format};

/// A step on the way to a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Crumb {
    /// The word.
    pub(super) label: String,
    /// Where it leads; `None` for the page itself, and for what the visitor may not see.
    pub(super) href: Option<String>,
}

/// Which places above a page the visitor may see: a model may be public in a project that is not,
/// and whoever shows nothing has no page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Open {
    /// The page of the owner.
    pub(super) owner: bool,
    /// The project, with its lists.
    pub(super) project: bool,
}

impl Open {
    const ALL: Self = Self { owner: true, project: true };
}

/// Asks the hub, as those pages do, as far as the way to `path` leads over them.
pub(super) async fn open(path: &str) -> Result<Open, Failure> {
    on_server!({
        use mlhub_domain::names::OwnerName;
        use mlhub_domain::projects::ProjectPath;
        use mlhub_hub::projects;
        let (owner, project) = match &segments(path)[..] {
            [] | [_] => return Ok(Open::ALL),
            [first, ..] if is_own(first) => return Ok(Open::ALL),
            [owner, _] => (*owner, None),
            [owner, project, ..] => (*owner, Some(*project)),
        };
        let Ok(owner) = owner.parse::<OwnerName>() else { return Ok(Open::default()) };
        let (hub, actor) = crate::ssr::caller()?;
        let project = match project.map(str::parse) {
            Some(Ok(project)) => {
                let at = ProjectPath { owner: owner.clone(), project };
                projects::is_open(&hub, &actor, &at).await?
            }
            Some(Err(_)) | None => false,
        };
        Ok(Open { owner: projects::shows(&hub, &actor, &owner).await?, project })
    })
}

/// The way to `path`: `/ann/census/runs/42` is ann / census / runs / 42.
pub(super) fn crumbs(path: &str, open: Open) -> Vec<Crumb> {
    let segments = segments(path);
    if matches!(segments.first(), None | Some(&("login" | "signup" | "setup"))) {
        return Vec::new();
    }
    let own = is_own(segments[0]);
    let mut href = String::new();
    let mut crumbs = Vec::new();
    for (i, segment) in segments.iter().enumerate() {
        href.push('/');
        href.push_str(segment);
        let last = i + 1 == segments.len();
        let seen = own || if i == 0 { open.owner } else { open.project };
        let label = if own { format::titled(segment) } else { (*segment).to_string() };
        crumbs.push(Crumb { label, href: (seen && !last).then(|| href.clone()) });
    }
    crumbs
}

fn segments(path: &str) -> Vec<&str> {
    path.split('/').filter(|segment| !segment.is_empty()).collect()
}

/// Whether pages below this word are those of ML Hub itself, and of nobody's projects.
fn is_own(first: &str) -> bool {
    matches!(first, "dashboard" | "docs" | "explore" | "settings" | "design")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(path: &str, open: Open) -> String {
        let shown = crumbs(path, open)
            .into_iter()
            .map(|c| c.href.map_or(c.label.clone(), |href| format!("[{}]({href})", c.label)));
        shown.collect::<Vec<_>>().join(" / ")
    }

    #[test]
    fn the_way_to_a_run_has_four_steps() {
        let line = |path| line(path, Open::ALL);
        assert_eq!(
            line("/ann/census/runs/42"),
            "[ann](/ann) / [census](/ann/census) / [runs](/ann/census/runs) / 42"
        );
        assert_eq!(line("/settings/tokens"), "[Settings](/settings) / Tokens");
        assert_eq!(line("/ann"), "ann");
        assert_eq!(line("/"), "");
        assert_eq!(line("/login"), "");
    }

    #[test]
    fn what_may_not_be_seen_is_named_and_leads_nowhere() {
        let (path, none) = ("/ann/census/models/income", Open::default());
        assert_eq!(line(path, none), "ann / census / models / income");
        let owner = Open { owner: true, ..none };
        assert_eq!(line(path, owner), "[ann](/ann) / census / models / income");
        let project = Open { project: true, ..none };
        assert_eq!(
            line(path, project),
            "ann / [census](/ann/census) / [models](/ann/census/models) / income"
        );
        assert_eq!(line("/settings/tokens", none), "[Settings](/settings) / Tokens");
    }
}
