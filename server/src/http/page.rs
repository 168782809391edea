//! A problem as a page, for a person. It is made of nothing that may be what broke, and of what is
//! served at any host: a page of the app needs both.

use super::request::{self, Asked};
use crate::assets;
use mlhub_domain::problem::{Code, Kind, Problem};

/// A way on from such a page.
pub struct Way {
    /// Where to.
    pub href: String,
    /// What stands on the button.
    pub words: &'static str,
}

impl Way {
    /// To `href`.
    pub fn to(href: impl Into<String>, words: &'static str) -> Self {
        Self { href: href.into(), words }
    }
}

/// The page that says `detail` of `problem` to who `asked` for another. `better` is a way on that is
/// known where the problem was found.
pub(super) fn of(problem: &Problem, detail: &str, asked: &Asked, better: Option<Way>) -> String {
    let style = assets::addresses().find(|(name, _)| name == "mlhub.css");
    let ways = better.map_or_else(|| ways(problem.code, asked), |way| vec![way]);
    let button = |Way { href, words }: &Way| {
        let href = html_escape::encode_double_quoted_attribute(href);
        format!("<a class=\"btn\" href=\"{href}\">{words}</a>\n")
    };
    format!(
        include_str!("problem.html"),
        style = style.map(|(_, address)| address).unwrap_or_default(),
        status = problem.kind().status(),
        title = html_escape::encode_text(problem.code.title()),
        said = html_escape::encode_text(detail),
        request = request::id(),
        ways = ways.iter().map(button).collect::<String>(),
    )
}

/// Where to go from a problem of this code. A page that was asked for itself is the one that has the
/// problem: it is a way on where trying again may help.
fn ways(code: Code, asked: &Asked) -> Vec<Way> {
    let start = Way::to("/", "To the start");
    // Never to another host, which `//` would begin.
    let own =
        |page: &&String| page.strip_prefix('/').is_some_and(|rest| !rest.starts_with(['/', '\\']));
    let page = |words| Some(&asked.page).filter(own).map(|page| Way::to(page, words));
    let back = asked.posted.then(|| page("Back to the page")).flatten();
    let again = if asked.posted { None } else { page("Try again") };
    match code.kind() {
        // Nothing of ours is served there.
        Kind::Misdirected => Vec::new(),
        _ if code == Code::SetupRequired => vec![Way::to("/setup", "To set-up")],
        Kind::NotFound | Kind::Method => vec![start],
        Kind::Malformed
        | Kind::Unauthenticated
        | Kind::Forbidden
        | Kind::Conflict
        | Kind::TooLarge
        | Kind::MediaType
        | Kind::Invalid
        | Kind::Full => back.into_iter().chain([start]).collect(),
        Kind::Busy | Kind::Internal | Kind::Unavailable => {
            back.or(again).into_iter().chain([start]).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(code: Code, detail: &str, page: &str, posted: bool) -> String {
        let asked = Asked { page: page.into(), posted };
        of(&Problem::new(code, detail), detail, &asked, None)
    }

    #[test]
    fn it_says_what_happened_and_leads_on() {
        let busy = page(Code::ServerBusy, "Try again.", "/ada/titanic?tab=\"a\"&q=b", true);
        for part in [
            "<span class=\"code\">503</span>",
            "<h1>The server is busy</h1>",
            "<p class=\"lede\">Try again.</p>",
            "href=\"/ada/titanic?tab=&quot;a&quot;&amp;q=b\">Back to the page</a>",
            "href=\"/\">To the start</a>",
        ] {
            assert!(busy.contains(part), "{part}: {busy}");
        }
        let set_up = page(Code::SetupRequired, "No.", "/dashboard", true);
        assert!(set_up.contains("href=\"/setup\">To set-up</a>"), "{set_up}");
    }

    #[test]
    fn a_page_that_is_refused_leads_to_itself_only_where_that_may_help() {
        let link = "href=\"/ada\">";
        for (code, posted, words) in [
            (Code::Internal, false, Some("Try again")),
            (Code::ServerBusy, false, Some("Try again")),
            (Code::RateLimited, false, Some("Try again")),
            (Code::Forbidden, false, None),
            (Code::InvalidValue, false, None),
            (Code::Internal, true, Some("Back to the page")),
            (Code::Forbidden, true, Some("Back to the page")),
            (Code::NotFound, true, None),
        ] {
            let page = page(code, "No.", "/ada", posted);
            let found = page.split_once(link).and_then(|(_, rest)| rest.split('<').next());
            assert_eq!(found, words, "{code:?} {posted}: {page}");
            assert!(page.contains("To the start"), "{page}");
        }
    }

    #[test]
    fn what_was_asked_for_neither_breaks_out_nor_leads_elsewhere() {
        let missing = page(Code::NotFound, "Nothing at /<script>.", "/<script>", false);
        assert!(missing.contains("Nothing at /&lt;script&gt;.") && !missing.contains("<script>"));
        for elsewhere in ["//evil.example/x", "/\\evil.example"] {
            let page = page(Code::Internal, "No.", elsewhere, false);
            assert!(!page.contains("evil") && page.contains("To the start"), "{page}");
        }
    }
}
