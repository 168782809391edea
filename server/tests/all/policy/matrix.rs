//! Every line of the table, asked for by everybody, against a private project. What they are
//! answered stands in `server/tests/policy.txt`.
//!
//! `UPDATE=1 cargo test -p mlhub-server --test all policy` writes it anew, to be read before it is
//! committed.

use super::asked;
use super::world::{Answers, PEOPLE, World};
use axum::Router;
use axum::http::Method;
use mlhub_domain::access::{Needs, Role};
use mlhub_domain::live::Topic;
use mlhub_server::http::Routes;
use mlhub_server::policy::{Line, SUB, TABLE};
use mlhub_server::{api, internal, live, pages};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

/// Above the table.
const LEGEND: &str = "\
Who may do what. Everybody below asked for everything that ML Hub serves, against a private project
that is not theirs, or in which they are what the column says.

  nobody    a visitor without an account          yes     it was done, or shown
  stranger  signed in, and no member              login   one has to sign in first
  read      a member who may look                 no      it is there, but not for this person
  edit      a member who may change things        hidden  it looks as if it were not there
  manage    a member who decides about members    ?       the request itself was refused: it would
  owner     whose project it is                           be for everybody, or what it needs is used up
  late      the owner, whose password was         again   it is done once one has given one's password
            given more than 15 minutes ago                again, in the form or by logging in
  token     the owner's script, with a token
            that was made for looking only

The project is P (/api/v1/projects/{owner}/{project}). The form posted to each page is the one that
chooses its colours; every other form is a function (/fn/...) with a line of its own. SUB follows a
topic over the websocket, and what stands there is the frame that comes back. This file is made by
server/tests/all/policy.

";

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_answered_as_the_policy_file_says() {
    let world = World::make().await;
    let mut matrix = Vec::new();
    let mut lines: Vec<&Line> = TABLE.iter().collect();
    lines.sort_by_key(|(method, path, _)| (*path, *method));
    for line in lines {
        matrix.push((line, world.ask(line).await));
    }
    for (line, answers) in &matrix {
        promised(line, answers);
    }
    compare(&print(&matrix));
}

/// What must hold whatever the file says.
fn promised((method, path, action): &Line, answers: &Answers) {
    let at = |who: &str| &answers[PEOPLE.iter().position(|name| *name == who).unwrap()];
    let line = format!("{method} {path}");
    for (who, said) in PEOPLE.iter().zip(answers) {
        assert!(!said.status.is_server_error(), "{line} breaks for {who}: {said:?}");
    }
    // Only what outlives a session, or cannot be undone, is asked for the password again.
    let late = if action.confirms() { "again" } else { at("owner").word() };
    assert_eq!(at("late").word(), late, "{line}: {:?}", at("late"));
    // Whose word it is about, not whose project: one's own account, what everybody sees.
    let Needs::Role(role) = action.needs() else {
        return if action.needs() == Needs::Session {
            assert_eq!(at("nobody").word(), "login", "{line}");
            assert_eq!(at("token").word(), "no", "a token changes no account: {line}");
        };
    };
    if !asked::of_the_project(path) {
        return;
    }
    if *method == "POST" && asked::is_page(path) {
        // Such a form names a function, which has a line of its own.
        return;
    }
    assert!(matches!(at("nobody").word(), "login" | "hidden"), "{line}: {:?}", at("nobody"));
    assert_eq!(at("stranger").word(), "hidden", "{line}: {:?}", at("stranger"));
    assert_eq!(at("owner").word(), "yes", "{line}: {:?}", at("owner"));
    if asked::decided_in_hub(method, path) {
        return;
    }
    let may = |rank: Role| if rank >= role { "yes" } else { "no" };
    for (rank, who) in [
        (Role::Read, "read"),
        (Role::Edit, "edit"),
        (Role::Manage, "manage"),
        // However much its owner may.
        (Role::Read, "token"),
    ] {
        assert_eq!(at(who).word(), may(rank), "{line}: {who} gets {:?}", at(who));
    }
}

fn print(matrix: &[(&Line, Answers)]) -> String {
    let mut text = String::from(LEGEND);
    let cells = |names: &[String]| -> String {
        names.iter().map(|name| format!(" {name:<10}")).collect::<String>().trim_end().into()
    };
    let titles = PEOPLE.map(str::to_owned);
    writeln!(text, "{:<7}{:<62}{:<14}{}", "", "", "act", cells(&titles)).unwrap();
    for ((method, path, action), answers) in matrix {
        let short = path.replace("/api/v1/projects/{owner}/{project}", "P");
        let said = answers.each_ref().map(|said| format!("{} {}", said.word(), said.details()));
        let act = format!("{action:?}");
        writeln!(text, "{method:<7}{short:<62}{act:<14}{}", cells(&said)).unwrap();
    }
    text
}

#[expect(clippy::disallowed_methods, reason = "asked for on the command line of the tests")]
fn compare(made: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policy.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(file, made).unwrap();
        return;
    }
    let stored = std::fs::read_to_string(file).unwrap_or_default();
    let (stored, made): (Vec<&str>, Vec<&str>) = (stored.lines().collect(), made.lines().collect());
    let mut differ = String::new();
    for (sign, these, others) in [("-", &stored, &made), ("+", &made, &stored)] {
        for line in these.iter().filter(|line| !others.contains(line)) {
            writeln!(differ, "{sign} {line}").unwrap();
        }
    }
    assert!(
        differ.is_empty() && stored == made,
        "policy.txt does not say what happens; if it should, run with UPDATE=1:\n{differ}"
    );
}

#[test]
fn the_table_has_a_line_for_what_is_served_and_for_nothing_else() {
    let served = pages::routes(api::routes());
    let jobs = internal::routes();
    for routes in [&served, &jobs] {
        assert!(routes.unlisted().is_empty(), "not in the table: {:?}", routes.unlisted());
    }
    let name = |(method, path): &(Method, String)| format!("{method} {path}");
    let topics = Topic::KINDS.iter().map(|kind| format!("{SUB} {kind}"));
    let served = served.served().iter().chain(jobs.served()).map(name);
    let served: BTreeSet<String> = served.chain(topics).collect();
    let listed: BTreeSet<String> =
        TABLE.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    assert_eq!(TABLE.len(), listed.len(), "a line stands twice");
    assert_eq!(listed, served);
}

#[tokio::test]
async fn a_route_without_a_line_is_named_and_not_served() {
    let hub = mlhub_testing::TestHub::start().await;
    let secret = async || "the secret";
    let routes = Routes::default().get("/healthz", secret).get("/api/v1/secret", secret);
    assert_eq!(routes.unlisted(), [(Method::GET, "/api/v1/secret".to_owned())]);
    let app: Router = routes.into_router().with_state(crate::browser::state(&hub, None));
    let mut nobody = crate::browser::Browser::new(&app);
    assert_eq!(nobody.get("/healthz").await.status, 200);
    assert_eq!(nobody.get("/api/v1/secret").await.status, 404);
}

#[tokio::test]
async fn a_kind_of_topic_without_a_line_is_refused_to_everybody() {
    let hub = mlhub_testing::TestHub::start().await;
    let everybody = [mlhub_hub::Actor::visitor(), hub.user("ada").await, hub.admin("root").await];
    for actor in &everybody {
        for kind in Topic::KINDS {
            assert!(live::may_ask(kind, actor), "{kind} has a line");
        }
        for kind in ["{owner}/{project}/secrets/{secret}", "/{owner}/{project}/runs/{run}", ""] {
            assert!(!live::may_ask(kind, actor), "{kind} has none");
        }
    }
}
